/// Keeps a second call with the same key out of the queue while the first one stands.
///
/// Part of the enqueue itself: no lock of its own that could outlive a crash.
public struct Uniqueness: Sendable, Hashable {
    /// For how long the first call stands.
    public enum Span: String, Sendable, Hashable {
        /// Until a worker starts it.
        case untilStart
        /// Until it has ended, retries included.
        case untilDone
    }

    /// What makes two calls the same; `nil` = task name and arguments.
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
