#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A signal by its POSIX name. No task is sent one, since tasks are no processes here: it is told in the event of the
/// task that was terminated, as Celery's workers tell it.
struct Signal: Sendable, Hashable {
    let number: Int

    static let terminate = Signal(number: Int(SIGTERM))

    /// - Parameter name: for example `SIGTERM`, or `TERM`.
    /// - Returns: `nil` where there is no such signal.
    init?(_ name: String) {
        guard let number = Self.numbers[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name] else { return nil }
        self.number = Int(number)
    }

    init(number: Int) { self.number = number }

    private static let numbers: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ABRT": SIGABRT, "KILL": SIGKILL, "USR1": SIGUSR1,
        "USR2": SIGUSR2, "ALRM": SIGALRM, "TERM": SIGTERM, "STOP": SIGSTOP, "CONT": SIGCONT, "TSTP": SIGTSTP,
    ]
}
