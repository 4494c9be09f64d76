import NIOCore
import Synchronization

/// The received deliveries of one consumer that nobody has taken yet.
///
/// The server sends no more than the consumer's prefetch without a settlement, which fits in. A consumer without that duty
/// (`noAck`) has no such limit: when its mailbox is full, the connection stops reading.
final class Mailbox: Sendable {
    /// The capacity for a consumer without acknowledgements.
    static let usualCapacity = 4096

    /// The result of putting deliveries in.
    enum Reception {
        case taken
        /// They were taken, and the mailbox has become full.
        case full
        /// Nobody wants them any longer.
        case refused
    }

    private struct State {
        /// The count at which it is full.
        var capacity: Int
        var items = CircularBuffer<AMQPDelivery>()
        var end: End?
        var waiter: UnsafeContinuation<Void, Never>?
        var isFull = false
        var isAbandoned = false

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

    init(capacity: Int = Mailbox.usualCapacity) { state = Mutex(State(capacity: capacity)) }

    func put(_ items: [AMQPDelivery]) -> Reception {
        let (reception, waiter) = state.withLock { state -> (Reception, UnsafeContinuation<Void, Never>?) in
            if state.isAbandoned { return (.refused, nil) }
            state.items.append(contentsOf: items)
            let isFull = state.items.count >= state.capacity
            defer { state.isFull = isFull }
            return (isFull && !state.isFull ? .full : .taken, state.waiter.take())
        }
        waiter?.resume()
        return reception
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
            state.capacity = .max
            return state.makeRoom()
        }
    }

    /// Refuses all further deliveries; returns those that nobody has taken.
    func abandon() -> (items: [AMQPDelivery], wasFull: Bool) {
        state.withLock { $0.isAbandoned = true }
        return drain()
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
            return (item, state.items.count <= state.capacity / 2 && state.makeRoom())
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
