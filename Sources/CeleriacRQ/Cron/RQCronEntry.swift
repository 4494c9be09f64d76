public import CeleriacCore
import CeleriacRQWire
import CeleriacWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A function that is called periodically; the counterpart of RQ's `cron.register`.
///
/// ```swift
/// try RQCronEntry(calling: "reports.nightly", in: "reports", cron: "30 2 * * *", zone: Zone("Europe/Berlin"))
/// try RQCronEntry(calling: "swift.ping", in: "default", every: .seconds(30))
/// ```
public struct RQCronEntry: Sendable {
    /// The name in RQ's tools. Entries with the same name share their history and their ticks: give each entry its own.
    public var name: String
    public let task: TaskName
    public let arguments: EncodedArguments
    public let queue: QueueName
    public let timing: Timing
    public var options = Options()

    /// When it is due.
    public enum Timing: Sendable, Hashable {
        /// Every so many whole seconds. An entry that has never run is due at once, then at whole multiples since 1970,
        /// so that all schedulers with the same entry agree.
        case every(seconds: Int)
        /// By the clocks of a zone. RQ uses the zone of its process; here the zone is given.
        case cron(Crontab, Zone)

        /// The schedule of this timing.
        public var schedule: Schedule {
            switch self {
            case .every(let seconds): .every(.seconds(seconds), anchoredAt: Date(timeIntervalSince1970: 0))
            case .cron(let crontab, let zone): .crontab(crontab, in: zone)
            }
        }
    }

    /// The options of each of its jobs. All times are whole seconds; `nil` leaves an option to RQ.
    public struct Options: Sendable, Hashable {
        /// How long a job may run; ``JobLifetime/forever`` for no limit. Default 180 s, as in RQ.
        public var timeout: JobLifetime? = .seconds(180)
        /// How long its result is kept. Default 500 s, as in RQ.
        public var resultTTL: JobLifetime? = .seconds(500)
        /// How long a failed job is kept.
        public var failureTTL: JobLifetime?
        /// How long a job may wait in its queue.
        public var ttl: JobLifetime?
        /// The job's `meta`.
        public var meta: JSONValue?
        /// The requests that a worker makes when the job has ended.
        public var webhooks: [JobWebhook] = []

        public init() {}
    }

    /// - Parameters:
    ///   - name: the name in RQ's tools; by default the task's name.
    ///   - interval: whole seconds, at least one.
    /// - Throws: ``CeleriacError`` with code `invalidSchedule` for a shorter interval.
    public init(
        _ name: String? = nil, calling task: TaskName, _ arguments: EncodedArguments = EncodedArguments(),
        in queue: QueueName, every interval: Duration
    ) throws {
        let seconds = interval.components.seconds
        guard (1...3_155_760_000).contains(seconds) else {
            throw CeleriacError(
                .invalidSchedule,
                "the interval of a cron entry must be a whole number of seconds, at least 1, not \(interval)")
        }
        self.init(name, task, arguments, queue, .every(seconds: Int(seconds)))
    }

    /// - Parameters:
    ///   - name: the name in RQ's tools; by default the task's name.
    ///   - cron: the text form of a ``Crontab``.
    ///   - zone: the zone of the times; default UTC.
    /// - Throws: ``CeleriacError`` with code `invalidSchedule`, which names the field.
    public init(
        _ name: String? = nil, calling task: TaskName, _ arguments: EncodedArguments = EncodedArguments(),
        in queue: QueueName, cron: String, zone: Zone = .utc
    ) throws {
        self.init(name, task, arguments, queue, .cron(try Crontab(cron), zone))
    }

    private init(
        _ name: String?, _ task: TaskName, _ arguments: EncodedArguments, _ queue: QueueName, _ timing: Timing
    ) {
        self.name = name ?? task.rawValue
        (self.task, self.arguments, self.queue, self.timing) = (task, arguments, queue, timing)
    }
}

extension RQCronEntry {
    /// Returns the job of one tick.
    func job(_ id: TaskID, as serializer: RQSerializer, at now: Date, limits: MessageLimits) throws -> RQJob {
        var job = try RQJob(
            id: id, calling: task, arguments, in: queue, as: serializer, at: now, limits: limits)
        (job.timeout, job.resultTTL) = (options.timeout.map(RQSpan.init), options.resultTTL.map(RQSpan.init))
        (job.ttl, job.failureTTL) = (options.ttl.map(RQSpan.init), options.failureTTL.map(RQSpan.init))
        job.webhooks = options.webhooks.map(RQWebhook.init)
        job.meta = try options.meta.map { try serializer.serialized($0.bytes, limits: limits) }
        return job
    }

    /// Returns the entry as a scheduler's hash lists it.
    ///
    /// - Parameters:
    ///   - latest: when it was last enqueued; `nil` if it has not been yet.
    ///   - next: when it is due; `nil` if it never is again.
    func listed(latest: Date?, next: Date?) -> RQCronJob {
        var listed = RQCronJob(task: task, name: name, queue: queue.rawValue)
        listed.args = Self.text(arguments.args, unless: "[]")
        listed.kwargs = Self.text(arguments.kwargs, unless: "{}")
        switch timing {
        case .every(let seconds): listed.interval = .seconds(seconds)
        case .cron(let crontab, _): listed.expression = crontab.fields
        }
        (listed.latestEnqueueTime, listed.nextEnqueueTime) = (latest, next)
        listed.options = listedOptions
        return listed
    }

    /// The options as RQ lists them: metadata and webhooks are JSON within JSON.
    private var listedOptions: JSONObject {
        var listed: JSONObject = [:]
        for (name, span) in [
            ("job_timeout", options.timeout), ("result_ttl", options.resultTTL), ("ttl", options.ttl),
            ("failure_ttl", options.failureTTL),
        ] {
            if let span { listed[name] = .integer(Int64(RQSpan(span).seconds)) }
        }
        if let meta = options.meta {
            listed["meta"] = .string(String(decoding: PythonJSON.text(of: meta.bytes), as: UTF8.self))
        }
        if let webhooks = RQWebhook.listText(options.webhooks.map(RQWebhook.init)) {
            listed["webhooks"] = .string(webhooks)
        }
        return listed
    }

    private static func text(_ json: [UInt8], unless empty: String) -> String? {
        let text = String(decoding: PythonJSON.text(of: json), as: UTF8.self)
        return text == empty ? nil : text
    }
}
