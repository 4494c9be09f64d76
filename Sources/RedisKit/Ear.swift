package import CeleriacCore
import Synchronization

/// One waiter's listening to one channel. It keeps the latest message only.
package final class Ear: Sendable {
    package enum Notice: Sendable {
        /// Something may have been missed: look for yourself.
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

    /// What to do next: at once if there is something, else when there is, or to look after `pause`.
    ///
    /// - Throws: `CancellationError` when cancelled.
    package func next(atMost pause: Duration, _ time: any TimeSource) async throws -> Notice {
        try Task.checkCancellation()
        waiter.look()
        if let notice = take() { return notice }
        try await waiter.wait(atMost: pause, time)
        return take() ?? .look
    }

    private func take() -> Notice? {
        state.withLock { state in
            if state.mustLook {
                // A message that came before the look may be older than what it will find.
                state = State()
                return .look
            }
            return state.message.take().map { .message($0) }
        }
    }
}
