import CeleriacCore
import CeleriacMemory

/// A broker of few promises, in the manner of one that pushes over a connection: a double over a ``MemoryStore``.
///
/// It hands out batches backwards and queues in the opposite order, knows no leases, unique keys, fronts or ids, counts
/// deliveries roughly, and settles by publishing anew.
struct PushBroker: Broker {
    static let traits = BrokerTraits(
        claimOrder: .relaxed, priorities: false, settlement: .publishThenAck, batch: .each, knowsIDs: false,
        uniqueKeys: false, front: false, leases: false, deliveryCount: .atLeast, countsReleases: true)

    let store: MemoryStore

    var traits: BrokerTraits { Self.traits }
    let transport = "push"

    func publish(_ publications: [Publication]) async throws -> PublishReport {
        _ = try await store.publish(
            publications.map { publication in
                var publication = publication
                publication.unique = nil
                publication.atFront = false
                return publication
            })
        return PublishReport()
    }

    func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        var terms = terms
        terms.lease = .days(36_500)
        return try await store.withConsumer(terms) { try await body(PushConsumer(base: $0, store: store)) }
    }

    func purge(_ queue: QueueName) async throws -> Int { try await store.purge(queue) }
    func run() async throws { try await store.run() }
}

private struct PushConsumer: Consumer {
    let base: any Consumer
    let store: MemoryStore

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        try await base.next(upTo: limit, from: order.reversed(), wait: wait).reversed().map { delivery in
            Delivery(
                receipt: delivery.receipt, envelope: delivery.envelope,
                deliveryCount: .atLeast(min(2, delivery.deliveryCount.minimum)), leaseDeadline: nil)
        }
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        var lost: Set<Receipt> = []
        for (receipt, settlement) in settlements {
            switch settlement {
            case .ack, .release, .deadLetter: lost.formUnion(try await base.settle([(receipt, settlement)]))
            case .retry(let envelope, let notBefore):
                // A broker of this kind publishes first; the store below would find the id standing.
                lost.formUnion(try await base.settle([(receipt, .ack)]))
                try await store.publish([Publication(envelope, to: receipt.queue, notBefore: notBefore)])
            }
        }
        return lost
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> { [] }
}
