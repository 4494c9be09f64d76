/// How often a single call is tried again: RQ's `Retry`.
///
/// The worker bounds it, since anybody who can write to the broker can ask for it. A task whose policy has retries grants no more
/// than that policy does; any other grants ``usualMost``, or what the worker's options say. The first ``prompt`` retries follow
/// after the pauses asked for, each further one after at least ``leastPause``.
///
/// The policy also says which errors are worth another attempt (``RetryPolicy/discarding(_:)`` and the like).
///
/// It travels in the message's header `retry`, `{"max": 3, "intervals": [10, 30], "at_front": false}`, or in RQ's own fields.
public struct JobRetry: Sendable, Hashable {
    public static let header = "retry"
    /// The most retries that a call may bring along for a task whose policy has none: 100.
    public static let usualMost = 100
    /// How many retries may follow without a pause: 10.
    public static let prompt = 10
    /// The least pause before each retry after the first ``prompt`` ones: 1 s.
    public static let leastPause = Duration.seconds(1)

    /// How many attempts follow the first; at least 1.
    public var max: Int
    /// The pause before each of them, in whole seconds; the last one stays. Empty = none.
    public var intervals: [Duration]
    /// Whether it goes to the front of its queue. Only for those without a pause, and only on RQ's own keys: other brokers
    /// put a retry behind what waits.
    public var atFront: Bool

    public init(max: Int, intervals: [Duration] = [], atFront: Bool = false) {
        self.max = Swift.max(1, max)
        self.intervals = intervals
        self.atFront = atFront
    }

    /// The pause before the next attempt; `nil` = there is none left.
    ///
    /// - Parameters:
    ///   - retries: how many there have been.
    ///   - most: how many the worker grants.
    public func pause(afterRetries retries: Int, atMost most: Int = usualMost) -> Duration? {
        guard retries < Swift.min(max, most) else { return nil }
        return Self.lengthened(
            intervals.isEmpty ? .zero : intervals[retries.bounded(to: 0...intervals.count - 1)], afterRetries: retries)
    }

    /// A pause that a call asks for, and no less than ``leastPause`` once there have been ``prompt`` retries.
    package static func lengthened(_ pause: Duration, afterRetries retries: Int) -> Duration {
        retries < prompt ? pause : Swift.max(pause, leastPause)
    }

    /// What a header says; `nil` where it is none.
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
