import AMQPClient
import CeleriacCore
import Synchronization

/// How many deliveries the server is asked for.
extension Subscription {
    /// Whether the server sends nothing more before something is settled.
    var isFull: Bool { state.withLock { $0.credit == 0 } }

    /// How many deliveries the server is asked for beyond the slots.
    var sentAhead: Int { state.withLock { $0.window.size } }

    /// Makes the server send so many deliveries, for a consumer that has no capacity of its own.
    func demand(_ count: Int) {
        let consumer = state.withLock { state -> AMQPConsumer? in
            guard state.arrivals.count + state.credit < count else { return nil }
            state.share = count
            return state.consumer
        }
        if let consumer { cancel(consumer) }
    }

    /// Changes the number of unsettled deliveries. The server does not change it for a consumer that exists, so the
    /// consumer is cancelled, and the queue consumed again on the same channel. Messages that have arrived stay.
    func resize(to share: Int) {
        let consumer = state.withLock { state -> AMQPConsumer? in
            guard state.share != share else { return nil }
            state.share = share
            return state.consumer
        }
        if let consumer { cancel(consumer) }
    }

    /// Notes that the worker has settled deliveries, and adapts the number of those that are sent ahead.
    func note(settled count: Int, at now: Duration) {
        let consumer = state.withLock { $0.window.note(settled: count, at: now) ? $0.consumer : nil }
        if let consumer { cancel(consumer) }
    }

    func cancel(_ consumer: AMQPConsumer) { Task { try? await consumer.cancel() } }
}
