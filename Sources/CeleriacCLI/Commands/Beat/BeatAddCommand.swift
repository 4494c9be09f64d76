import ArgumentParser
import Celeriac
import CeleriacCore
import Foundation

/// `beat add`: puts a dynamic entry into the schedule.
struct BeatAddCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an entry to the schedule.",
        discussion: """
            The entry stays until it is deleted. Beats see it within their --max-interval. With --replace, an \
            existing entry of that name continues from its last tick, unless its schedule changes.
            """
    )

    @Argument(help: "The unique name of the entry.")
    var name: String
    @OptionGroup(title: "When") var time: EntryTimeOptions
    @OptionGroup(title: "What") var call: EntryCallOptions
    @OptionGroup(title: "How") var policy: EntryPolicyOptions
    @Flag(help: "Replace an existing entry of that name, even one that code declares.")
    var replace = false
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let timetable = try app.timetable
        terminal.noteIfLost("the entry", with: app)
        let now = app.time.now
        if try await timetable.entry(name) != nil, !replace {
            throw CommandFailure(.failed, "the schedule already has an entry \"\(name)\": use --replace to replace it")
        }
        var entry = ScheduleEntry(
            name, try time.schedule(from: now), task: TaskName(call.task), arguments: call.arguments)
        try call.write(into: &entry)
        policy.write(into: &entry)
        try await timetable.put(entry)
        let record = try await timetable.knownEntry(name)
        if output.json { return terminal.show(.entry(record, now)) }
        let next = record.nextTicks(1, after: now).first.map { "due next \(ISODate.text($0))" } ?? "no longer due"
        terminal.print("added \"\(name)\", \(entry.isPaused ? "paused" : next)".onOneLine)
    }
}

/// The options that say when an entry is due.
struct EntryTimeOptions: ParsableArguments {
    @Option(help: "Run at this interval, \(DurationArgument.help). (default: none)")
    var every: DurationArgument?
    @Option(help: "Run at the times of a crontab, such as \"30 2 * * *\" or @daily. (default: none)")
    var crontab: String?
    @Option(help: "With --crontab: the time zone, such as Europe/Berlin (default: UTC).")
    var zone: String?
    @Option(help: "Run once at this time, \(MomentArgument.help). (default: none)")
    var at: MomentArgument?

    func validate() throws {
        let given = [every != nil, crontab != nil, at != nil].count { $0 }
        if given != 1 { throw ValidationError("give exactly one of --every, --crontab and --at") }
        if zone != nil && crontab == nil { throw ValidationError("--zone requires --crontab") }
        if let every, every.duration < .milliseconds(1) { throw ValidationError("--every must be at least 1ms") }
        do { _ = try schedule(from: .distantPast) } catch let error as CeleriacError {
            throw ValidationError(error.message.visible)
        }
    }

    func schedule(from now: Date) throws -> Schedule {
        if let crontab { return .crontab(try Crontab(crontab), in: try zone.map { try Zone($0) } ?? .utc) }
        if let at { return .once(at: at.date(from: now)) }
        return .every(every?.duration ?? .seconds(1))
    }
}

/// The options that say what an entry calls.
struct EntryCallOptions: ParsableArguments {
    @Option(help: "The task's name, such as tasks.add.")
    var task: String
    @Option(name: .customLong("args"), help: "Positional arguments: a JSON array. (default: none)")
    var positional: ListArgument?
    @Option(help: "Named arguments: a JSON object. (default: none)")
    var kwargs: KeywordsArgument?
    @Option(help: "The queue (default: set by the routes or the task).")
    var queue: String?
    @Option(help: "The priority, from 0 to 9; calls with a higher priority run first. (default: set by the task)")
    var priority: Int?
    @Option(
        help:
            "Discard a call that has not started this long after it was published, \(DurationArgument.help). (default: set by the task)"
    )
    var expires: DurationArgument?
    @Option(help: "Give up on a call that runs longer than this, \(DurationArgument.help). (default: set by the task)")
    var timeLimit: DurationArgument?

    func validate() throws {
        if let priority, !(0...9).contains(priority) {
            throw ValidationError("--priority must be from 0 to 9, not \(priority)")
        }
    }

    var arguments: EncodedArguments { EncodedArguments(args: positional?.values ?? [], kwargs: kwargs?.values ?? [:]) }

    func write(into entry: inout ScheduleEntry) throws {
        entry.queue = try queue.map { try QueueName($0) }
        entry.priority = priority.map { CallPriority(clamping: $0) }
        entry.expires = expires?.duration
        entry.timeLimit = timeLimit?.duration
    }
}

/// The options for ticks in special cases.
struct EntryPolicyOptions: ParsableArguments {
    @Option(
        help: "Ticks missed while no beat ran: skip, once (only the latest), or how many of them to make up for.")
    var missed = MissedArgument(policy: .runOnce)
    @Flag(help: "Skip a tick while the previous call waits or runs.")
    var skipOverlaps = false
    @Option(help: "Delay each call by a random time of up to this, \(DurationArgument.help). (default: none)")
    var jitter: DurationArgument?
    @Flag(help: "Add the entry paused.")
    var paused = false

    func write(into entry: inout ScheduleEntry) {
        entry.missed = missed.policy
        entry.overlap = skipOverlaps ? .skip : .allow
        entry.jitter = jitter.map { Jitter(upTo: $0.duration) } ?? .none
        entry.isPaused = paused
    }
}

/// `skip`, `once`, or a number from 1 to 10,000.
struct MissedArgument: ExpressibleByArgument {
    let policy: MissedPolicy

    init(policy: MissedPolicy) { self.policy = policy }

    init?(argument: String) {
        switch argument {
        case "skip": policy = .skip
        case "once": policy = .runOnce
        default:
            guard let count = Int(argument), (1...10_000).contains(count) else { return nil }
            policy = .runAll(max: count)
        }
    }

    var defaultValueDescription: String { "once" }
}
