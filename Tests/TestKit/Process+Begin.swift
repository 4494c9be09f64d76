public import Foundation
import Synchronization

/// Held while a process starts and while a pipe is made.
///
/// Foundation notices the end of a process by the end of a socket. Two starts at once can each hand the other's socket
/// to its child; then a short process counts as running until the long one ends as well, and who waits for it hangs. The
/// writing end of a pipe can be handed on in the same way.
private let launching = Mutex(())

extension Process {
    /// Starts the process as `run` does, but one at a time, and with no signal held back in the child. Every test starts
    /// its processes with this method.
    public func begin() throws {
        try launching.withLock { _ in try SignalMask.cleared { try run() } }
    }
}

extension Pipe {
    /// Makes a pipe that no process inherits but the one that it is given to.
    public static func unshared() -> Pipe {
        launching.withLock { _ in Pipe() }
    }
}
