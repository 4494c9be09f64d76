package import CeleriacCore

/// The names of RQ's keys and channels in Redis.
///
/// All begin with a prefix, which is `rq` unless RQ's processes set another one in their environment (`RQ_KEY_PREFIX`).
/// A unique job has no key of its own: the key of its hash is unique. Source: RQ 3.0.0, `defaults.py` and the class of
/// each key.
package struct RQKeys: Sendable, Hashable {
    package let prefix: String

    package static let usual = RQKeys(checked: "rq")

    /// - Throws: ``CeleriacError`` with code `invalidConfiguration` unless the prefix is one or more of `A-Z a-z 0-9 _
    ///   . : { } -`, the characters that RQ accepts.
    package init(prefix: String) throws {
        let isValid = prefix.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_.:{}-".utf8.contains(byte)
            }
        }
        guard isValid, !prefix.isEmpty else {
            throw CeleriacError(
                .invalidConfiguration, "the prefix of RQ's keys may only contain A-Z a-z 0-9 _ . : { } -")
        }
        self.init(checked: prefix)
    }

    private init(checked prefix: String) { self.prefix = prefix }

    // MARK: Queues

    /// A set of the keys of all queues that were ever used.
    package var queues: String { key("queues") }
    /// A list of job ids, taken from the left.
    package func queue(_ queue: QueueName) -> String { key("queue", queue.rawValue) }
    /// A list of the ids of jobs that a worker has taken but not yet started.
    package func intermediate(_ queue: QueueName) -> String { self.queue(queue) + ":intermediate" }
    /// Text: when maintenance first saw a job in the intermediate list, in seconds since 1970.
    package func firstSeen(_ job: TaskID, in queue: QueueName) -> String {
        intermediate(queue) + ":first_seen:" + job.rawValue
    }

    /// The queue whose key ``queue(_:)`` made; `nil` for other keys.
    package func queue(ofKey key: String) -> QueueName? {
        let head = self.key("queue") + ":"
        return key.hasPrefix(head) ? QueueName(rawValue: String(key.dropFirst(head.count))) : nil
    }

    /// The reason why a queue cannot have this name; `nil` if it can.
    package func objection(to queue: QueueName) -> String? {
        guard queue.rawValue.utf8.contains(UInt8(ascii: ":")) else { return nil }
        if queue.rawValue.utf8.starts(with: (prefix + ":").utf8) { return "RQ's keys begin with \(prefix):" }
        return queue.rawValue.contains(":intermediate") ? "RQ stores the jobs that workers have taken under it" : nil
    }

    // MARK: Registries: sorted sets of job ids

    /// Sorted by expiry; the members are `job:execution`.
    package func started(_ queue: QueueName) -> String { key("wip", queue.rawValue) }
    /// Sorted by expiry.
    package func finished(_ queue: QueueName) -> String { key("finished", queue.rawValue) }
    /// Sorted by expiry.
    package func failed(_ queue: QueueName) -> String { key("failed", queue.rawValue) }
    /// Sorted by the time at which they were added.
    package func deferred(_ queue: QueueName) -> String { key("deferred", queue.rawValue) }
    /// Sorted by the time at which they were added: jobs whose dependencies are met.
    package func ready(_ queue: QueueName) -> String { key("ready", queue.rawValue) }
    /// Sorted by the second at which they are due.
    package func scheduled(_ queue: QueueName) -> String { key("scheduled", queue.rawValue) }
    /// Sorted by the time at which they were added.
    package func canceled(_ queue: QueueName) -> String { key("canceled", queue.rawValue) }

    // MARK: Jobs

    /// A hash: ``RQJob``.
    package func job(_ job: TaskID) -> String { key("job", job.rawValue) }
    /// A set of the ids of the jobs that depend on this one.
    package func dependents(of job: TaskID) -> String { self.job(job) + ":dependents" }
    /// A set of the ids of the jobs that a job depends on. RQ writes the key with two colons.
    package func dependencies(of job: TaskID) -> String { key("job", "", job.rawValue, "dependencies") }
    /// A stream of ``RQResult``, the newest last.
    package func results(of job: TaskID) -> String { key("results", job.rawValue) }
    /// A hash: ``RQExecution``.
    package func execution(_ execution: String, of job: TaskID) -> String { key("execution", job.rawValue, execution) }
    /// A sorted set of the ids of a job's executions, by expiry.
    package func executions(of job: TaskID) -> String { key("executions", job.rawValue) }

    // MARK: Workers

    /// A set of the keys of all workers.
    package var workers: String { key("workers") }
    /// A set of the keys of a queue's workers.
    package func workers(of queue: QueueName) -> String { key("workers", queue.rawValue) }
    /// A hash: ``RQWorker``.
    package func worker(_ name: String) -> String { key("worker", name) }
    /// A set of a worker's running executions: `job:execution`.
    package func executions(ofWorker name: String) -> String { worker(name) + ":executions" }
    /// The channel of ``RQCommand``.
    package func commands(for worker: String) -> String { key("pubsub", worker) }
    /// Text: exists while workers must pause.
    package var suspended: String { key("suspended") }

    // MARK: Maintenance

    /// Text: the lock of a queue's maintenance.
    package func cleaning(_ queue: QueueName) -> String { key("clean_registries", queue.rawValue) }
    /// Text: the lock of the groups' maintenance.
    package var cleaningGroups: String { key("clean_groups") }

    // MARK: Groups and rate limits

    /// A set of the names of all groups.
    package var groups: String { key("groups") }
    /// A set of the ids of a group's jobs.
    package func group(_ name: String) -> String { key("group", name) }
    /// A set of the keys of all rate limits.
    package var rateLimits: String { key("rl-keys") }
    /// A hash with the field `concurrency`.
    package func rateLimit(_ name: String) -> String { key("rl", name) }
    /// A sorted set of the ids of jobs that may run.
    package func allowed(underRateLimit name: String) -> String { rateLimit(name) + ":allowed" }
    /// A sorted set of the ids of jobs that wait for a place.
    package func waiting(underRateLimit name: String) -> String { rateLimit(name) + ":rate_limited" }

    // MARK: Schedulers

    /// Text: the name of the scheduler that serves a queue.
    package func schedulerLock(_ queue: QueueName) -> String { key("scheduler-lock", queue.rawValue) }
    /// A hash: ``RQScheduler``.
    package func scheduler(_ name: String) -> String { key("scheduler", name) }
    /// A sorted set of names, by their last heartbeat.
    package var cronSchedulers: String { key("cron_schedulers") }
    /// A hash: ``RQCronScheduler``.
    package func cronScheduler(_ name: String) -> String { key("cron_scheduler", name) }
    /// A sorted set of the names of cron jobs, by their last call.
    package var cronJobs: String { key("cron_jobs") }
    /// A sorted set of the ids of a cron job's calls, by time.
    package func jobs(ofCronJob name: String) -> String { key("cron_job", name, "jobs") }

    private func key(_ parts: String...) -> String { ([prefix] + parts).joined(separator: ":") }
}
