import AMQPClient
public import CeleriacCore

extension RabbitMQStore: Broker, QueueCounter {
    public var traits: BrokerTraits {
        BrokerTraits(
            claimOrder: .relaxed, priorities: false, settlement: .publishThenAck, batch: .each, knowsIDs: false,
            uniqueKeys: false, front: false, leases: false, deliveryCount: .atLeast, countsReleases: true,
            counts: .ready, anyNames: false, clock: .server)
    }

    public var transport: String { "amqp" }

    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try check(terms.queues)
        let consumer = RabbitMQConsumer(of: self, terms)
        let value: Value
        do {
            value = try await body(consumer)
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
        return value
    }

    /// Nothing has to be done in the background: the server does it.
    public func run() async throws { try await Gate().wait() }

    // MARK: Counting

    /// The server counts ready messages only, and knows delayed ones by their level, not by their queue.
    public func counts(of queue: QueueName) async throws -> QueueCounts {
        do {
            let ready = try await declarations.state(of: queue.rawValue, on: publishing)?.messages
            let dead = try await declarations.state(of: QueueDeclaration.deadQueue(of: queue), on: publishing)
            return QueueCounts(ready: ready ?? 0, delayed: nil, leased: nil, dead: dead?.messages ?? 0)
        } catch {
            throw StoreError.translating(error)
        }
    }

    /// The number of messages that are ready in all of these queues.
    func readyCount(of queues: [QueueName]) async throws -> Int {
        var count = 0
        for queue in queues { count += try await counts(of: queue).ready ?? 0 }
        return count
    }

    /// Deletes the ready messages. Delayed ones stay in their levels, where they are not known by their queue.
    public func purge(_ queue: QueueName) async throws -> Int {
        try check([queue])
        do {
            guard try await declarations.state(of: queue.rawValue, on: publishing) != nil else { return 0 }
            return try await publishing.onChannel { try await $0.purgeQueue(queue.rawValue) }
        } catch {
            throw StoreError.translating(error)
        }
    }
}

extension RabbitMQStore: QueueReserving {
    public func objection(to queue: QueueName) -> String? {
        if queue.rawValue.hasPrefix("amq.") { return "RabbitMQ keeps names that begin with amq. for itself" }
        return queue.rawValue.hasPrefix("celery_delayed_") ? "delayed messages wait in queues of such names" : nil
    }

    /// - Throws: ``BrokerError`` with code `refused` for a name that no queue can have here.
    func check(_ queues: some Sequence<QueueName>) throws {
        for queue in queues {
            guard let objection = objection(to: queue) else { continue }
            throw BrokerError(.refused, "\"\(queue.rawValue.onOneLine)\" cannot be a queue of this store: \(objection)")
        }
    }
}
