import Synchronization

/// The end of a connection or a channel, as a value that anybody may wait for.
final class Ending: Sendable {
    private struct State {
        var error: AMQPError?
        var waiters: [Int: UnsafeContinuation<Void, Never>] = [:]
        var tickets = 0
    }

    private let state = Mutex(State())

    /// `nil` while it lasts.
    var error: AMQPError? { state.withLock { $0.error } }

    /// Ends it; only the first error counts.
    func end(_ error: AMQPError) {
        let waiters = state.withLock { state in
            state.error = state.error ?? error
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for the end.
    func wait() async throws -> AMQPError {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isOver = state.withLock { state in
                    let isOver = state.error != nil || Task.isCancelled
                    if !isOver { state.waiters[ticket] = continuation }
                    return isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
        guard let error else { throw CancellationError() }
        return error
    }
}
