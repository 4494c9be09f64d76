/// How often a single call is retried: RQ's `Retry`.
///
/// The worker limits it, because anybody who can write to the broker can ask for it. If the task's policy has retries,
/// the call gets no more retries than that policy grants; otherwise the limit is ``usualMost`` or the value in the
/// worker's options. The first ``prompt`` retries use the requested pauses; each later one waits at least
/// ``leastPause``.
///
/// The policy also decides which errors are retried (``RetryPolicy/discarding(_:)`` and the like).
///
/// It travels in the message's header `retry`, `{"max": 3, "intervals": [10, 30], "at_front": false}`, or in RQ's own
/// fields.
public struct JobRetry: Sendable, Hashable {
    public static let header = "retry"
    /// The most retries that a call may request for a task whose policy has none: 100.
    public static let usualMost = 100
    /// The number of retries that may follow without a pause: 10.
    public static let prompt = 10
    /// The shortest pause before each retry after the first ``prompt`` ones: 1 s.
    public static let leastPause = Duration.seconds(1)

    /// The number of attempts after the first; at least 1.
    public var max: Int
    /// The pause before each retry, in whole seconds; the last one repeats. Empty for no pauses.
    public var intervals: [Duration]
    /// Whether a retry goes to the front of its queue. Applies only to retries without a pause, and only on RQ's own
    /// keys: other brokers put a retry behind the waiting messages.
    public var atFront: Bool

    public init(max: Int, intervals: [Duration] = [], atFront: Bool = false) {
        self.max = Swift.max(1, max)
        self.intervals = intervals
        self.atFront = atFront
    }

    /// The pause before the next attempt; `nil` if no retries are left.
    ///
    /// - Parameters:
    ///   - retries: the number of retries so far.
    ///   - most: the most retries that the worker grants.
    public func pause(afterRetries retries: Int, atMost most: Int = usualMost) -> Duration? {
        guard retries < Swift.min(max, most) else { return nil }
        return Self.lengthened(
            intervals.isEmpty ? .zero : intervals[retries.bounded(to: 0...intervals.count - 1)], afterRetries: retries)
    }

    /// Returns the requested pause, raised to ``leastPause`` once there have been ``prompt`` retries.
    package static func lengthened(_ pause: Duration, afterRetries retries: Int) -> Duration {
        retries < prompt ? pause : Swift.max(pause, leastPause)
    }

    /// Reads the header; `nil` if it holds no retry.
    public init?(_ value: JSONValue?) {
        guard let most = value?["max"]?.intValue, most > 0 else { return nil }
        let seconds = value?["intervals"]?.arrayValue?.compactMap(\.intValue) ?? []
        self.init(
            max: Swift.min(most, 1_000_000),
            intervals: seconds.map { .seconds(Swift.min(Swift.max(0, $0), 1_000_000_000)) },
            atFront: value?["at_front"] == .bool(true))
    }

    public var value: JSONValue {
        [
            "max": .integer(Int64(max)), "intervals": .array(intervals.map { .integer($0.components.seconds) }),
            "at_front": .bool(atFront),
        ]
    }
}
