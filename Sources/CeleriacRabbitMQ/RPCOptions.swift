import CeleriacCore

/// How ``RPCResults`` sends results, and how many it keeps in this process. Celery's names of these settings are in
/// quotes.
public struct RPCOptions: Sendable {
    /// Whether the server writes results to its disk, so that those that wait in a reply queue survive its restart.
    /// "result_persistent"; default false, as in Celery.
    public var isPersistent: Bool
    /// Whether workers send STARTED. "task_track_started".
    public var tracksStart: Bool
    /// Whether results also hold the name, arguments, worker and queue. "result_extended".
    public var extendedResults: Bool
    /// The most calls whose states this process keeps. Default 10,000; at least 1. States that somebody waits for are
    /// always kept, and count.
    public var mostResults: Int
    /// The most bytes of the states that this process keeps, measured in their documents. Default 64 MiB.
    public var mostResultBytes: Int
    /// How long this process keeps a state after its arrival. Default one day; at least one second.
    public var lifetime: Duration
    /// How long the server keeps the reply queue of a process that is not connected, with the results in it: a process
    /// that connects again in this time reads them. Default 10 minutes; clamped to 1 second to 49 days.
    public var queueExpiry: Duration
    /// The largest result that is received, in bytes; a larger one is passed over. Default
    /// ``CeleriacCore/MessageLimits/hardBodyBytes``, which is also the most.
    public var largestResult: Int

    public init() {
        isPersistent = false
        tracksStart = false
        extendedResults = false
        mostResults = 10_000
        mostResultBytes = 64 << 20
        lifetime = .days(1)
        queueExpiry = .minutes(10)
        largestResult = MessageLimits.hardBodyBytes
    }

    /// The server counts it in milliseconds, in 32 bits.
    var queueExpiryMilliseconds: Int64 {
        let longest = Duration.days(49)
        return Int64(min(longest, max(.seconds(1), queueExpiry)) / .milliseconds(1))
    }
}
