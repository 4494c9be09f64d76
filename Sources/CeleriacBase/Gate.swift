import Synchronization

/// A gate that is closed until it is opened, once.
package final class Gate: Sendable {
    private enum State {
        case shut([CheckedContinuation<Void, Never>])
        case open
    }
    private let state = Guarded(State.shut([]))

    package init() {}

    package var isOpen: Bool {
        state.withLock { state in
            if case .open = state { true } else { false }
        }
    }

    package func open() {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard case .shut(let waiting) = state else { return [] }
            state = .open
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Suspends until it is open.
    ///
    /// - Throws: `CancellationError` when cancelled. Cancellation opens the gate for all waiting tasks.
    package func wait() async throws {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    guard case .shut(let waiting) = state else { return true }
                    state = .shut(waiting + [continuation])
                    return false
                }
                if isOpen { continuation.resume() }
            }
        } onCancel: {
            open()
        }
        try Task.checkCancellation()
    }
}
