#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A signal with a POSIX name. A terminated task's child receives it; the event of the task's end names it, as in
/// Celery.
package struct Signal: Sendable, Hashable {
    package let number: Int

    package static let terminate = Signal(number: Int(SIGTERM))

    /// - Parameter name: for example `SIGTERM`, or `TERM`.
    /// - Returns: `nil` if there is no such signal.
    package init?(_ name: String) {
        guard let number = Self.numbers[name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name] else { return nil }
        self.number = Int(number)
    }

    package init(number: Int) { self.number = number }

    private static let numbers: [String: Int32] = [
        "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ABRT": SIGABRT, "KILL": SIGKILL, "USR1": SIGUSR1,
        "USR2": SIGUSR2, "ALRM": SIGALRM, "TERM": SIGTERM, "STOP": SIGSTOP, "CONT": SIGCONT, "TSTP": SIGTSTP,
    ]

    /// A name such as `SIGSEGV`, or `signal 40` for an unknown number.
    static func name(of number: Int) -> String {
        let names: [Int32: String] = [
            SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
            SIGSEGV: "SIGSEGV", SIGSYS: "SIGSYS", SIGKILL: "SIGKILL", SIGTERM: "SIGTERM", SIGINT: "SIGINT",
            SIGHUP: "SIGHUP", SIGQUIT: "SIGQUIT", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGXCPU: "SIGXCPU",
            SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2",
        ]
        return names[Int32(clamping: number)] ?? "signal \(number)"
    }
}
