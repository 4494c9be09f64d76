import NIOCore
import Synchronization

/// The received deliveries of one consumer that nobody has taken yet.
///
/// The server keeps it small: it sends no more than the consumer's prefetch without a settlement. A consumer without
/// that duty (`noAck`) has no such limit; when its mailbox is full, the connection stops reading.
final class Mailbox: Sendable {
    /// The count at which the mailbox of a consumer without acknowledgements is full.
    static let capacity = 4096

    private struct State {
        var isLimited: Bool
        var items = CircularBuffer<AMQPDelivery>()
        var end: End?
        var waiter: UnsafeContinuation<Void, Never>?
        var isFull = false

        /// Throws the error of the end, if there is nothing left.
        func check() throws {
            if items.isEmpty, let error = end?.error { throw error }
        }

        /// Notes that the mailbox is no longer full; returns whether it was.
        mutating func makeRoom() -> Bool {
            defer { isFull = false }
            return isFull
        }
    }

    private struct End {
        /// `nil` for an orderly end.
        let error: AMQPError?
    }

    private let state: Mutex<State>

    /// - Parameter isLimited: whether it can be full.
    init(isLimited: Bool) { state = Mutex(State(isLimited: isLimited)) }

    /// Adds deliveries; returns whether the mailbox has become full.
    func put(_ items: [AMQPDelivery]) -> Bool {
        let (becameFull, waiter) = state.withLock { state in
            state.items.append(contentsOf: items)
            let isFull = state.isLimited && state.items.count >= Self.capacity
            defer { state.isFull = isFull }
            return (isFull && !state.isFull, state.waiter.take())
        }
        waiter?.resume()
        return becameFull
    }

    /// Ends the mailbox: nothing further arrives. What it holds can still be taken; then the error is thrown, or
    /// nothing is returned if there is none. Only the first end counts.
    func close(_ error: AMQPError?) {
        let waiter = state.withLock { state in
            if state.end == nil { state.end = End(error: error) }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Removes the limit, so that an answer to `basic.cancel` can be read; returns whether the mailbox was full.
    func lift() -> Bool {
        state.withLock { state in
            state.isLimited = false
            return state.makeRoom()
        }
    }

    /// Takes what is there, without waiting.
    func drain() -> (items: [AMQPDelivery], wasFull: Bool) {
        state.withLock { state in
            defer { state.items.removeAll() }
            return (Array(state.items), state.makeRoom())
        }
    }

    /// Waits for deliveries and takes all of them.
    ///
    /// - Returns: no deliveries after an orderly end.
    func take() async throws -> (items: [AMQPDelivery], wasFull: Bool) {
        try await wait()
        try state.withLock { try $0.check() }
        return drain()
    }

    /// Waits for a delivery and takes it.
    ///
    /// - Returns: no delivery after an orderly end.
    func next() async throws -> (item: AMQPDelivery?, wasFull: Bool) {
        try await wait()
        return try state.withLock { state in
            try state.check()
            let item = state.items.popFirst()
            return (item, state.items.count <= Self.capacity / 2 && state.makeRoom())
        }
    }

    /// Waits until there is a delivery or the end.
    private func wait() async throws {
        while state.withLock({ $0.items.isEmpty && $0.end == nil }) {
            try Task.checkCancellation()
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    let isReady = state.withLock { state in
                        let isReady = !state.items.isEmpty || state.end != nil || Task.isCancelled
                        if !isReady { state.waiter = continuation }
                        return isReady
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiter.take() }?.resume()
            }
        }
    }
}
