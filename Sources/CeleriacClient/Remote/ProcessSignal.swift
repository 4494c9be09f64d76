/// The POSIX name of the signal with which a Python worker ends the process that runs a call.
///
/// A Swift worker has no process for each call: it cancels the call's task, and ignores the signal.
public struct ProcessSignal: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    public var description: String { rawValue }

    /// Celery's default.
    public static let terminate: ProcessSignal = "SIGTERM"
    public static let kill: ProcessSignal = "SIGKILL"
    public static let interrupt: ProcessSignal = "SIGINT"
    public static let quit: ProcessSignal = "SIGQUIT"
    /// Raises `SoftTimeLimitExceeded` in a Python task.
    public static let user1: ProcessSignal = "SIGUSR1"
}
