import Synchronization

/// The received but unhandled messages of a subscription. When it is full, the connection stops reading.
final class Mailbox: Sendable {
    static let capacity = 4096

    private struct State {
        var items: [[RESPValue]] = []
        var end: Result<Void, any Error>?
        var waiter: UnsafeContinuation<Void, Never>?
        var isFull = false
    }

    private let state = Mutex(State())

    /// Adds items; returns whether the mailbox is full.
    func put(_ items: [[RESPValue]]) -> Bool {
        let (isFull, waiter) = state.withLock { state in
            state.items += items
            state.isFull = state.items.count >= Self.capacity
            return (state.isFull, state.waiter.take())
        }
        waiter?.resume()
        return isFull
    }

    /// Ends the mailbox for this reason: nothing further arrives.
    func close(_ reason: any Error) {
        let waiter = state.withLock { state in
            if state.end == nil { state.end = .failure(reason) }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits for items and takes all of them; once all are taken, throws the reason of the end.
    func take() async throws -> (items: [[RESPValue]], wasFull: Bool) {
        await withUnsafeContinuation { continuation in
            let isReady = state.withLock { state in
                let isReady = !state.items.isEmpty || state.end != nil
                if !isReady { state.waiter = continuation }
                return isReady
            }
            if isReady { continuation.resume() }
        }
        return try state.withLock { state in
            if state.items.isEmpty, let end = state.end { try end.get() }
            defer { (state.items, state.isFull) = ([], false) }
            return (state.items, state.isFull)
        }
    }
}
