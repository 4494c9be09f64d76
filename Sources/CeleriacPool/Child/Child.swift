#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacCore
import CrashReport
import Synchronization

/// A child as its supervisor sees it: a process, and the channel to it.
final class Child: Sendable {
    let number: Int
    let pid: Int32
    /// Whether it runs suspects one at a time, to find which of them crashes it.
    let isQuarantine: Bool
    let writer: ChannelWriter
    private let isGone = Guarded(false)

    init(number: Int, pid: Int32, isQuarantine: Bool, writer: ChannelWriter) {
        self.number = number
        self.pid = pid
        self.isQuarantine = isQuarantine
        self.writer = writer
    }

    /// Sends a signal to it and to the processes that it has started. Does nothing after ``forget()``.
    func signal(_ signal: Int32) {
        isGone.withLock { isGone in
            if !isGone { _ = kill(-pid, signal) }
        }
    }

    /// Stops the sending of signals. Call it before the child is reaped: then another process may get its number.
    func forget() { isGone.withLock { $0 = true } }

    /// The memory that it holds now, in bytes; 0 if that cannot be read.
    var residentBytes: Int { ThisProcess.residentBytes(of: pid) }
}

/// How a child's process ended, and its last output.
struct ChildEnd: Sendable {
    /// The signal that ended it; `nil` if it ended by itself.
    var signal: Int32?
    /// The exit code; 0 if a signal ended it.
    var code: Int32
    var peakBytes: Int
    /// The last lines of its output.
    var lines: [String]
    /// The files that were mapped into it when it began to report why it dies.
    var images: [CrashImage] = []
}
