#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The JSON object that a store keeps. Members with default values are omitted.
///
/// ```
/// {"name": "nightly", "schedule": {"kind": "crontab", …}, "task": "reports.nightly", "args": […], "kwargs": {…},
///  "queue": "reports", "exchange": "feeds", "routing_key": "feed.europe", "priority": 7, "expires": seconds,
///  "time_limit": seconds, "soft_time_limit": seconds, "ignore_result": true, "headers": {…},
///  "missed": "skip" | "all", "missed_max": 10, "overlap": "skip", "jitter": seconds, "paused": true, "owner": "…"}
/// ```
extension ScheduleEntry {
    public var json: [UInt8] {
        get throws {
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("name", name)
            writer.field("schedule", text: try JSONCoding.encode(schedule))
            writer.field("task", task.rawValue)
            writer.field("args", text: arguments.args)
            writer.field("kwargs", text: arguments.kwargs)
            writeOptions(into: &writer)
            writePolicies(into: &writer)
            writer.endObject()
            return writer.bytes
        }
    }

    private func writeOptions(into writer: inout JSONWriter) {
        writer.field("queue", queue?.rawValue)
        writer.field("exchange", route?.exchange)
        writer.field("routing_key", route?.routingKey)
        writer.field("priority", priority?.rawValue)
        writer.field("expires", seconds: expires)
        writer.field("time_limit", seconds: timeLimit)
        writer.field("soft_time_limit", seconds: softTimeLimit)
        if let ignoreResult {
            writer.member("ignore_result")
            writer.bool(ignoreResult)
        }
        if !headers.isEmpty { writer.field("headers", text: JSONValue.object(headers).bytes) }
    }

    private func writePolicies(into writer: inout JSONWriter) {
        switch missed {
        case .skip: writer.field("missed", "skip")
        case .runOnce: break
        case .runAll(let max):
            writer.field("missed", "all")
            writer.field("missed_max", max)
        }
        if overlap != .allow { writer.field("overlap", overlap.rawValue) }
        if jitter != .none { writer.field("jitter", seconds: jitter.limit) }
        if isPaused { writer.trueField("paused") }
        if case .code(let owner) = source { writer.field("owner", owner) }
    }

    /// - Throws: ``CeleriacError`` with code `invalidSchedule`, which names the part that cannot be read.
    public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws {
        do {
            self = try Self.read(text, limits)
        } catch {
            throw CeleriacError(.invalidSchedule, "the schedule entry cannot be decoded", underlying: error)
        }
    }

    // MARK: Reading

    /// The parts read so far, until all of them are there.
    fileprivate struct Parts {
        var name: String?
        var schedule: Schedule?
        var task: TaskName?
        var args = EncodedArguments.none.args
        var kwargs = EncodedArguments.none.kwargs
        var exchange: String?
        var routingKey = ""
        var missed: String?
        var missedMax = 1
    }

    private static func read(_ text: [UInt8], _ limits: JSONLimits) throws -> ScheduleEntry {
        var entry = ScheduleEntry("", .once(at: .distantPast), task: "")
        var parts = Parts()
        var reader = try JSONReader(text, limits: limits)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.null() { continue }
            if try entry.readOption(key, from: &reader) { continue }
            try parts.read(key, from: &reader, limits)
        }
        try reader.finish()
        guard let name = parts.name, let schedule = parts.schedule, let task = parts.task else {
            throw JSONError(.missing, at: 0, "its name, schedule or task is missing")
        }
        entry.name = name
        entry.schedule = schedule
        entry.task = task
        entry.arguments = EncodedArguments(argsText: parts.args, kwargsText: parts.kwargs)
        entry.route = parts.exchange.map { ExchangeRoute(exchange: $0, routingKey: parts.routingKey) }
        entry.missed = try parts.policy
        return entry
    }

    /// - Returns: whether the key belongs to an option with a property of its own, which was read.
    private mutating func readOption(_ key: String, from reader: inout JSONReader) throws(JSONError) -> Bool {
        switch key {
        case "queue": queue = try reader.queue()
        case "priority": priority = CallPriority(clamping: try reader.int())
        case "expires": expires = try reader.seconds()
        case "time_limit": timeLimit = try reader.seconds()
        case "soft_time_limit": softTimeLimit = try reader.seconds()
        case "ignore_result": ignoreResult = try reader.bool()
        case "headers": headers = try reader.value().objectValue ?? [:]
        case "overlap": overlap = try reader.string() == Overlap.skip.rawValue ? .skip : .allow
        case "jitter": jitter = Jitter(upTo: try reader.seconds())
        case "paused": isPaused = try reader.bool()
        case "owner": source = .code(owner: try reader.string())
        default: return false
        }
        return true
    }
}

extension ScheduleEntry.Parts {
    fileprivate mutating func read(_ key: String, from reader: inout JSONReader, _ limits: JSONLimits) throws {
        switch key {
        case "name": name = try reader.string()
        case "schedule": schedule = try JSONCoding.decode(Schedule.self, from: try reader.raw(), limits: limits)
        case "task": task = TaskName(try reader.string())
        case "args": args = try reader.raw()
        case "kwargs": kwargs = try reader.raw()
        case "exchange": exchange = try reader.string()
        case "routing_key": routingKey = try reader.string()
        case "missed": missed = try reader.string()
        case "missed_max": missedMax = try reader.count()
        default: try reader.skip()
        }
    }

    fileprivate var policy: MissedPolicy {
        get throws(JSONError) {
            switch missed {
            case nil, "once": .runOnce
            case "skip": .skip
            case "all": .runAll(max: missedMax)
            case .some(let word):
                throw JSONError(.typeMismatch, at: 0, "unknown policy for missed ticks: \(word.prefix(20))")
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func field(_ name: StaticString, seconds value: Duration?) {
        guard let value else { return }
        member(name)
        seconds(value)
    }
}
