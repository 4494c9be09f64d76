/// How often a single call is tried again, whatever its task's policy says: RQ's `Retry`.
///
/// Which errors are worth another attempt is still the policy's to say (``RetryPolicy/discarding(_:)`` and the like).
///
/// It travels in the message's header `retry`, `{"max": 3, "intervals": [10, 30], "at_front": false}`, or in RQ's own fields.
public struct JobRetry: Sendable, Hashable {
    public static let header = "retry"

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
    /// - Parameter retries: how many there have been.
    public func pause(afterRetries retries: Int) -> Duration? {
        guard retries < max else { return nil }
        return intervals.isEmpty ? .zero : intervals[Swift.min(Swift.max(0, retries), intervals.count - 1)]
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
