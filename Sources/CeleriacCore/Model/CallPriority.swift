/// How urgent a call is among those of its queue: 0 to 9, higher first.
///
/// The scale is the same for every broker; each maps it to its own wire (Celery's Redis layout counts the other way
/// round).
public struct CallPriority: RawRepresentable, Hashable, Sendable, Comparable {
    public static let low = CallPriority(clamping: 1)
    public static let normal = CallPriority(clamping: 4)
    public static let high = CallPriority(clamping: 7)
    public static let critical = CallPriority(clamping: 9)

    public let rawValue: Int

    /// - Returns: `nil` outside 0...9.
    public init?(rawValue: Int) {
        guard (0...9).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// Clamps the value to 0...9.
    public init(clamping value: Int) { rawValue = min(9, max(0, value)) }

    /// The number that Celery uses for this priority on Redis, where 0 is served first.
    package var onCelerysWire: Int { 9 - rawValue }

    public static func < (left: CallPriority, right: CallPriority) -> Bool { left.rawValue < right.rawValue }
}
