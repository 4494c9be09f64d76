/// The POSIX name of the signal with which a Python worker ends the process that runs a call.
///
/// A Swift worker has no process for each call: it cancels the call's task, and ignores the signal.
public struct ProcessSignal: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name of the signal, such as `SIGTERM`.
    public let rawValue: String

    /// Names a signal.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Names a signal.
    public init(stringLiteral value: String) { rawValue = value }

    public var description: String { rawValue }

    /// Celery's default.
    public static let terminate: ProcessSignal = "SIGTERM"
    /// SIGKILL, which no process can handle.
    public static let kill: ProcessSignal = "SIGKILL"
    /// SIGINT, as Ctrl-C sends it.
    public static let interrupt: ProcessSignal = "SIGINT"
    /// SIGQUIT, with which a Python worker stops at once.
    public static let quit: ProcessSignal = "SIGQUIT"
    /// Raises `SoftTimeLimitExceeded` in a Python task.
    public static let user1: ProcessSignal = "SIGUSR1"
}
