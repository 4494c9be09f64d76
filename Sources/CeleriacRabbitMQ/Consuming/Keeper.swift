import AMQPClient
import CeleriacCore
import Logging
import Synchronization

/// Keeps deliveries of one queue longer than the server's `consumer_timeout`, after which it would take them back and
/// give them to others.
///
/// A copy of the message goes into a queue of this consumer's own. Once it has arrived from there, it takes the place of
/// the delivery, which is acked. If this process dies, the server puts the copy back; its time to live there is over by
/// then, so the server moves it to the queue that it came from.
final class Keeper: Sendable {
    private struct State {
        var session: Session?
        /// The copies that are on their way, by their marks.
        var expected: [String: Receipt] = [:]
    }

    private let queue: QueueName
    private let store: RabbitMQStore
    /// No task's queue can have such a name.
    static let prefix = "celeriac.kept."
    private let name = prefix + TaskID.random().rawValue
    private let state = Guarded(State())
    private let replace: @Sendable (Receipt, AMQPDelivery, Session) -> Held?
    private let onLoss: @Sendable (Session) -> Void

    /// - Parameters:
    ///   - replace: puts another delivery in the place of a held one, and returns that one; `nil` if it is settled.
    ///   - onLoss: called when the channel has ended.
    init(
        _ queue: QueueName, of store: RabbitMQStore,
        replace: @escaping @Sendable (Receipt, AMQPDelivery, Session) -> Held?,
        onLoss: @escaping @Sendable (Session) -> Void
    ) {
        self.queue = queue
        self.store = store
        self.replace = replace
        self.onLoss = onLoss
    }

    /// Sends a delivery the way round. If that fails it stays as it is, and is tried again with the next renewal.
    func keep(_ held: Held) async {
        let mark = TaskID.random().rawValue
        do {
            try await open()
            state.withLock { $0.expected[mark] = held.receipt }
            try await store.direct.value().publish(copy(of: held.delivery, mark))
        } catch {
            state.withLock { _ = $0.expected.removeValue(forKey: mark) }
            store.logger.warning(
                "A delivery could not be renewed; the server may take it back",
                metadata: ["queue": "\(queue)", "error": "\(error)"])
        }
    }

    private func copy(of delivery: AMQPDelivery, _ mark: String) -> AMQPMessage {
        let count = DeliveryMarks.count(of: delivery.properties, isRedelivered: delivery.isRedelivered)
        var marks = DeliveryMarks(deliveries: count.minimum)
        marks.renewal = mark
        return MessageCopy(of: delivery.properties, body: delivery.body, marks: marks, now: store.time.now)
            .message(to: name)
    }

    /// Gives back everything that is kept.
    func close() async {
        guard let session = state.withLock({ $0.session }) else { return }
        await Task { try? await session.channel.close() }.value
    }

    // MARK: Its queue

    /// How long a message may lie there ready, and how long the queue is left unused; in milliseconds.
    private var arguments: AMQPTable {
        [
            "x-message-ttl": 10_000, "x-expires": 3_600_000, "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": .string(queue.rawValue),
        ]
    }

    /// One caller at a time.
    private func open() async throws {
        if let session = state.withLock({ $0.session }), session.channel.closure == nil { return }
        let channel = try await store.consuming.openChannel()
        try await channel.declareQueue(name, arguments: arguments)
        let consumer = try await channel.consume(name, prefetch: 1_000)
        let session = Session(channel, ownQueue: nil)
        state.withLock { $0.session = session }
        Task { await receive(from: consumer, session) }
    }

    private func receive(from consumer: AMQPConsumer, _ session: Session) async {
        while let batch = try? await consumer.nextBatch(), !batch.isEmpty {
            session.add(batch)
            for delivery in batch { await take(delivery, session) }
        }
        onLoss(session)
    }

    private func take(_ delivery: AMQPDelivery, _ session: Session) async {
        let mark = DeliveryMarks(of: delivery.properties.headers).renewal ?? ""
        if let receipt = state.withLock({ $0.expected.removeValue(forKey: mark) }) {
            // A call that has ended meanwhile needs no delivery any longer.
            guard let before = replace(receipt, delivery, session) else { return (try? session.ack([delivery])) ?? () }
            try? before.session.ack([before.delivery])
            return
        }
        // It was kept on a channel that has ended, so its attempt is over.
        let outcomes = await store.send([store.copy(of: delivery, to: queue, notBefore: nil)])
        if case .success? = outcomes.first { try? session.ack([delivery]) }
    }
}
