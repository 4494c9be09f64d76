import Foundation

/// The signals that a thread holds back, which the processes that it starts hold back too.
///
/// Threads of Dispatch and NIO hold back nearly all of them; a server started there would not hear SIGTERM, and
/// a Python worker could not end a task that exceeds its soft time limit.
enum SignalMask {
    static func cleared(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }
}
