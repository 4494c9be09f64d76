public import CeleriacCore
package import CeleriacRQWire

/// How a store uses RQ's keys, and where it behaves differently from RQ. To share queues with Python, use Python's
/// prefix and serializer.
public struct RQOptions: Sendable {
    /// The names of the keys, which all begin with ``prefix``.
    package var keys: RQKeys
    /// The serializer behind ``format``.
    package var serializer: RQSerializer
    /// The name for claims until a worker has sent a heartbeat; default 32 random digits, as in RQ.
    public var workerName: String?
    /// What happens to jobs whose worker has died. Default ``Abandoned/requeue``.
    public var abandoned: Abandoned
    /// The most attempts after the first that a job can ask for, whatever its `retries_left` says; attempts by its
    /// task's policy count too. Default ``CeleriacCore/JobRetry/usualMost``.
    public var mostRetries: Int
    /// Whether this store moves scheduled jobs into the queues that no scheduler of Python's serves. Default yes.
    public var schedules: Bool
    /// What happens to the webhooks of jobs. Default ``Webhooks/send``, as in RQ.
    public var webhooks: Webhooks
    /// How long a failed job stays listed unless it specifies a time itself. Default one year, as in RQ.
    public var failureTTL: Duration
    /// How long ids may stay in an intermediate list, where RQ's workers leave them. Default one minute, as in RQ.
    public var intermediatePatience: Duration
    /// Whether the server's set-up is checked: a server that is too old, or that deletes messages when memory runs
    /// short, is refused.
    public var checksServer: Bool
    /// The highest number of connections that wait for jobs. Queues beyond that are polled every 100 ms.
    public var waitingConnections: Int
    /// The largest sizes of what is read.
    public var limits: MessageLimits
    /// The number of claims without a settlement after which the store itself fails a job, whatever kept workers from
    /// doing so. Default 50; must be above the workers' own `deliveryLimit`.
    public var deliveryLimit: Int

    /// What happens to a job whose lease has lapsed.
    public enum Abandoned: String, Sendable, Hashable {
        /// It goes back to the front of its queue, and the delivery is counted.
        case requeue
        /// It fails unless it has retries left, as in RQ. ``RQStore/run()`` decides this, not claims.
        case fail
    }

    /// What happens to a job's webhooks. Anybody who may enqueue chooses the address: see SECURITY.md.
    public enum Webhooks: String, Sendable, Hashable {
        /// Sent once the job's end is written, at most 16 at a time, each for at most a minute; `http` and `https`,
        /// with certificates checked and redirects not followed. Failures are only logged.
        case send
        case ignore
    }

    /// The format of arguments.
    public enum Format: String, Sendable, Hashable, CaseIterable { case json, pickle }

    /// The prefix of every key. RQ's environment variable `RQ_KEY_PREFIX`; default `rq`.
    public var prefix: String { keys.prefix }

    /// The format of the arguments of calls that are made here. Default ``Format/pickle``, as in RQ. Calls that arrive
    /// are read in either format, and answered in the same one.
    public var format: Format {
        get { serializer == .json ? .json : .pickle }
        set { serializer = newValue == .json ? .json : .pickle }
    }

    /// Creates the default options with another prefix.
    ///
    /// - Parameter prefix: one or more of `A-Z a-z 0-9 _ . : { } -`, which RQ accepts.
    /// - Throws: ``CeleriacError`` with code `invalidConfiguration` for any other prefix.
    public init(prefix: String) throws {
        self.init()
        keys = try RQKeys(prefix: prefix)
    }

    public init() {
        keys = .usual
        serializer = .pickle
        workerName = nil
        abandoned = .requeue
        mostRetries = JobRetry.usualMost
        schedules = true
        webhooks = .send
        failureTTL = .days(365)
        intermediatePatience = .seconds(60)
        checksServer = true
        waitingConnections = 4
        deliveryLimit = 50
        limits = MessageLimits(
            bodyBytes: MessageLimits.hardBodyBytes, resultBytes: MessageLimits.hardBodyBytes,
            json: JSONLimits(stringBytes: 24 << 20, documentBytes: 32 << 20))
    }
}
