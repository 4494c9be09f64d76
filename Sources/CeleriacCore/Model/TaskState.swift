/// The state of a call: Celery's states under Celery's names, and any of your own (`PROGRESS`, `UPLOADING`).
///
/// ```
/// unknown    pending -> started -> success | failure | revoked
///                ^          |
///                '- retry <-'
/// ```
public struct TaskState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }
    public init(stringLiteral value: String) { rawValue = value }

    /// The id is unknown: never enqueued, forgotten, or expired. Celeriac's own state; Celery calls this PENDING too.
    public static let unknown: TaskState = "UNKNOWN"
    /// Waits in its queue, or for its eta.
    public static let pending: TaskState = "PENDING"
    /// A worker holds it but has not started it (events of Celery workers only).
    public static let received: TaskState = "RECEIVED"
    /// Is running.
    public static let started: TaskState = "STARTED"
    /// Is running and has reported its progress. The usual name for a custom state.
    public static let progress: TaskState = "PROGRESS"
    /// Failed, or asked to be retried, and waits for its next attempt.
    public static let retry: TaskState = "RETRY"
    public static let success: TaskState = "SUCCESS"
    public static let failure: TaskState = "FAILURE"
    /// Was revoked or expired; it did not run to completion.
    public static let revoked: TaskState = "REVOKED"
    public static let rejected: TaskState = "REJECTED"
    public static let ignored: TaskState = "IGNORED"

    public var description: String { rawValue }

    /// Whether no other state follows it: SUCCESS, FAILURE or REVOKED.
    public var isTerminal: Bool { self == .success || self == .failure || self == .revoked }

    /// The position in Celery's order (`celery/states.py`, `PRECEDENCE`): a state earlier in the list wins over a later
    /// one. A custom state has the position of `None` in Celery, between FAILURE and REVOKED.
    public var precedence: Int {
        Self.order.firstIndex(of: self) ?? Self.customPrecedence
    }

    /// Whether `change` may overwrite this state in a result backend.
    ///
    /// A terminal state stays, except that SUCCESS overwrites every state and FAILURE overwrites REVOKED. Before that
    /// any state may follow any other, because a retried task goes through STARTED, RETRY, STARTED.
    public func yields(to change: TaskState) -> Bool {
        guard isTerminal else { return true }
        return change.isTerminal && change.precedence < precedence
    }

    private static let customPrecedence = 2
    private static let order: [TaskState] = [
        .success, .failure, "", .revoked, .started, .received, .rejected, .retry, .pending, .unknown,
    ]
}
