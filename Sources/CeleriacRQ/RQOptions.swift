public import CeleriacCore
package import CeleriacRQWire

/// How a store lies in RQ's keys, and where it goes another way than RQ. Whoever shares queues with Python must have the same
/// prefix and serializer.
public struct RQOptions: Sendable {
    /// The names of the keys, which all begin with ``prefix``.
    package var keys: RQKeys
    /// The serializer behind ``format``.
    package var serializer: RQSerializer
    /// The name under which claims are made until a worker has beaten; default 32 random digits, as with RQ.
    public var workerName: String?
    /// What becomes of jobs whose worker has died. Default ``Abandoned/requeue``.
    public var abandoned: Abandoned
    /// The most attempts that may follow the first because a job asks for them, whatever its `retries_left` says; the attempts
    /// that its task's policy asks for count too. Default ``CeleriacCore/JobRetry/usualMost``.
    public var mostRetries: Int
    /// Whether this store moves scheduled jobs into their queues, where no scheduler of Python's does. Default yes.
    public var schedules: Bool
    /// What becomes of the webhooks that jobs ask for. Default ``Webhooks/send``, as with RQ.
    public var webhooks: Webhooks
    /// How long a failed job stays listed unless it says otherwise. Default one year, as with RQ.
    public var failureTTL: Duration
    /// How long what RQ's workers leave in an intermediate list may lie there. Default one minute, as with RQ.
    public var intermediatePatience: Duration
    /// Which errors of the server's set-up keep the store from opening.
    public var checksServer: Bool
    /// How many connections wait for jobs at most; queues beyond that are asked every 100 ms.
    public var waitingConnections: Int
    /// How large what is read may be.
    public var limits: MessageLimits
    /// After how many claims that were never settled the store itself fails a job, whatever keeps workers from doing so.
    /// Default 50; must be above the workers' own `deliveryLimit`.
    public var deliveryLimit: Int

    /// What becomes of a job whose lease has lapsed.
    public enum Abandoned: String, Sendable, Hashable {
        /// It goes back to the front of its queue, the delivery counted.
        case requeue
        /// It fails, unless it has retries left, as RQ has it; decided by ``RQStore/run()``, not by claims.
        case fail
    }

    /// What is done about a job's webhooks. Whoever may enqueue names the address: see SECURITY.md.
    public enum Webhooks: String, Sendable, Hashable {
        /// They are sent once the job's end is written, at most 16 at a time, each for at most a minute; `http` and `https`,
        /// certificates checked, redirects not followed. What becomes of them is logged only.
        case send
        case ignore
    }

    /// How arguments are written.
    public enum Format: String, Sendable, Hashable, CaseIterable { case json, pickle }

    /// The text before every key. RQ's environment variable `RQ_KEY_PREFIX`; default `rq`.
    public var prefix: String { keys.prefix }

    /// How the arguments of calls made here are written. Default ``Format/pickle``, as with RQ. Calls that arrive are read in
    /// either format, and answered in the one in which they came.
    public var format: Format {
        get { serializer == .json ? .json : .pickle }
        set { serializer = newValue == .json ? .json : .pickle }
    }

    /// The usual options, with another prefix.
    ///
    /// - Parameter prefix: one or more of `A-Z a-z 0-9 _ . : { } -`, which is what RQ takes.
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
