import AMQPClient
import CeleriacCore
import Logging
import StoreKit
import Synchronization

/// The deliveries of one queue to one consumer. It consumes the queue, and again after each loss.
final class Subscription: Sendable {
    struct State {
        var arrivals = ArrivalQueue()
        /// The number of deliveries that the worker has slots for.
        var share: Int
        var window = PushWindow()
        /// The claims that wait for this queue now.
        var askers = 0
        var claims = ClaimWatch()
        /// Whether somebody looks after the arrivals while no claim waits.
        var isWatched = false
        /// Shut while the queue is not consumed, because nobody claims from it.
        var pause: Gate?
        var session: Session?
        var consumer: AMQPConsumer?
        /// The first tag that the consumer got, and the last one of the channel so far.
        var firstTag: UInt64 = 1
        var lastTag: UInt64 = 0

        /// How many unsettled deliveries the server is asked for.
        var prefetch: Int { min(65_535, share + window.size) }

        /// How many more deliveries the server will send before something is settled.
        var credit: Int { max(0, prefetch - (session?.openCount(from: firstTag) ?? 0)) }
    }

    let queue: QueueName
    let store: RabbitMQStore
    /// Opens when the queue is consumed for the first time, or when that has failed.
    let hasBegun = Gate()
    let state: Guarded<State>
    /// Takes unreadable messages; see ``CeleriacCore/ConsumerTerms/buryUnreadable``.
    let buryUnreadable: (@Sendable (UnreadableMessage) async throws -> Void)?
    private let onLoss: @Sendable (Session) -> Void

    /// - Parameters:
    ///   - share: the number of deliveries that the worker has slots for.
    ///   - onLoss: called when a channel has ended, after its arrivals were dropped.
    init(
        _ queue: QueueName, of store: RabbitMQStore, share: Int,
        buryUnreadable: (@Sendable (UnreadableMessage) async throws -> Void)?,
        onLoss: @escaping @Sendable (Session) -> Void
    ) {
        self.queue = queue
        self.store = store
        self.buryUnreadable = buryUnreadable
        self.onLoss = onLoss
        state = Guarded(State(share: share))
    }

    func take(upTo limit: Int) -> ArraySlice<Arrival> { state.withLock { $0.arrivals.take(upTo: limit) } }

    // MARK: Asking

    /// Notes that a claim waits for this queue. A queue that nobody asked for is consumed again.
    func ask() {
        state.withLock { state -> Gate? in
            state.askers += 1
            defer { state.pause = nil }
            return state.pause
        }?.open()
    }

    /// Notes that the claim has ended. Arrivals that no claim takes soon go back to the queue.
    func stopAsking() {
        let lies = state.withLock { state in
            state.askers -= 1
            state.claims.last = .now
            return state.mustBeWatched()
        }
        if lies { watchArrivals() }
    }

    // MARK: Consuming

    /// Consumes until cancelled; then gives back everything that is not settled.
    func run() async {
        var pauses = Pauses()
        while !Task.isCancelled {
            do {
                try await consume { pauses = Pauses() }
            } catch {
                guard !Task.isCancelled else { break }
                report(error)
            }
            hasBegun.open()
            endSession()
            guard (try? await Task.sleep(for: pauses.next())) != nil else { break }
        }
        await close()
    }

    private func consume(begun: () -> Void) async throws {
        if !store.exchanges.isBroadcast(queue) {
            try await store.declarations.ensure(queue, on: store.consuming)
            try await store.delays.restore(queue, on: store.consuming)
        }
        let channel = try await store.consuming.openChannel()
        let ownQueue = try await store.exchanges.ownQueue(for: queue, on: channel)
        let session = Session(channel, ownQueue: ownQueue)
        state.withLock { $0.session = session }
        while true {
            let prefetch = state.withLock { $0.prefetch }
            let consumer = try await session.channel.consume(ownQueue ?? queue.rawValue, prefetch: prefetch)
            state.withLock { state in
                state.consumer = consumer
                state.firstTag = state.lastTag + 1
            }
            begun()
            hasBegun.open()
            try await receive(from: consumer, session)
            try await state.withLock { $0.pause }?.wait()
        }
    }

    /// Returns when the consumer was cancelled, to change its prefetch or because nobody claims.
    private func receive(from consumer: AMQPConsumer, _ session: Session) async throws {
        while case let batch = try await consumer.nextBatch(), !batch.isEmpty {
            session.add(batch)
            state.withLock { $0.lastTag = batch.last?.tag ?? 0 }
            let (arrivals, refusals) = store.sort(batch, session)
            if !refusals.isEmpty { Task { await tend(refusals) } }
            if !arrivals.isEmpty { admit(arrivals) }
        }
    }

    /// Makes arrivals ready to be claimed.
    func admit(_ arrivals: [Arrival]) {
        let isUnasked = state.withLock { state in
            state.arrivals.append(arrivals)
            return state.mustBeWatched()
        }
        store.wakeUps.ring([queue])
        if isUnasked { watchArrivals() }
    }

    private func report(_ error: any Error) {
        store.declarations.forget(queue.rawValue)
        store.logger.warning(
            "A queue is not consumed now; it is tried again", metadata: ["queue": "\(queue)", "error": "\(error)"])
    }

    // MARK: The end of a channel

    private func endSession() {
        let session = state.withLock { state -> Session? in
            defer { (state.session, state.consumer, state.firstTag, state.lastTag) = (nil, nil, 1, 0) }
            if let session = state.session { state.arrivals.drop(session) }
            return state.session
        }
        guard let session else { return }
        onLoss(session)
        // A channel that is still open would keep its deliveries from all other consumers.
        if session.channel.closure == nil { Task { try? await session.channel.close() } }
    }

    /// Closing the channel gives back every delivery that is not settled. Acks that were sent before arrive first.
    private func close() async {
        let session = state.withLock { state -> Session? in
            defer { state = State(share: state.share) }
            return state.session
        }
        guard let session else { return }
        await Task { try? await session.channel.close() }.value
    }
}
