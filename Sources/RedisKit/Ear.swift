package import CeleriacCore
import Synchronization

/// The subscription of one waiter to one channel. It keeps only the latest message.
package final class Ear: Sendable {
    package enum Notice: Sendable {
        /// Messages may have been missed: the waiter must look at the data itself.
        case look
        case message([UInt8])
    }

    private struct State {
        var mustLook = false
        var message: [UInt8]?
    }
    package let channel: String
    private let state = Guarded(State())
    private let waiter = Waiter()

    package init(_ channel: String) { self.channel = channel }

    package func mustLook() {
        state.withLock { $0.mustLook = true }
        waiter.ring()
    }

    package func hear(_ message: [UInt8]) {
        state.withLock { $0.message = message }
        waiter.ring()
    }

    /// Returns the next notice: at once if there is one, otherwise when one arrives, and ``Notice/look`` after `pause`.
    ///
    /// - Throws: `CancellationError` when cancelled.
    package func next(atMost pause: Duration, _ time: any TimeSource) async throws -> Notice {
        try Task.checkCancellation()
        let deadline = time.uptime + pause
        waiter.look()
        if let notice = take() { return notice }
        try await waiter.wait(until: deadline, time)
        return take() ?? .look
    }

    private func take() -> Notice? {
        state.withLock { state in
            if state.mustLook {
                // A message that arrived before the look may be older than what the look will find.
                state = State()
                return .look
            }
            return state.message.take().map { .message($0) }
        }
    }
}
