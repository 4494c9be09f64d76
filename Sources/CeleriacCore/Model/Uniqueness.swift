/// Prevents a second call with the same key from being enqueued while the first one is in force.
///
/// The check is part of the enqueue itself: there is no separate lock that could outlive a crash.
public struct Uniqueness: Sendable, Hashable {
    /// How long the first call blocks others.
    public enum Span: String, Sendable, Hashable {
        /// Until a worker starts it.
        case untilStart
        /// Until it has ended, retries included.
        case untilDone
    }

    /// The key that two equal calls share; `nil` for task name and arguments.
    public var key: String?
    public var span: Span

    public init(key: String? = nil, span: Span = .untilDone) {
        self.key = key
        self.span = span
    }

    public static let untilDone = Uniqueness(span: .untilDone)
    public static let untilStart = Uniqueness(span: .untilStart)
    /// - Parameter key: shared by all calls that exclude each other, across tasks.
    public static func key(_ key: String, _ span: Span = .untilDone) -> Uniqueness { Uniqueness(key: key, span: span) }
}
