import Celeriac
import CeleriacCore
import CeleriacMemory
import Synchronization

/// A broker over a ``MemoryStore`` that notes the terms of its consumers, loses deliveries when told to, and takes the calls
/// of a publish one by one.
final class PushDouble: QueueCounter, ControlChannel, Broker {
    private struct State {
        var terms: [ConsumerTerms] = []
        var capacities: [Int] = []
        var held: Set<Receipt> = []
        var refused: Set<TaskID> = []
    }

    private let store: MemoryStore
    private let state = Guarded(State())
    private let losses = AsyncStream<Set<Receipt>>.makeStream()

    init(_ store: MemoryStore) { self.store = store }

    var traits: BrokerTraits { BrokerTraits(batch: .each, uniqueKeys: false, front: false) }
    let transport = "push"
    var terms: [ConsumerTerms] { state.withLock { $0.terms } }
    var capacities: [Int] { state.withLock { $0.capacities } }

    /// Takes back all deliveries, and says so.
    func loseDeliveries() { losses.continuation.yield(state.withLock { $0.held }) }

    func refuse(_ id: TaskID) { state.withLock { _ = $0.refused.insert(id) } }

    func publish(_ publications: [Publication]) async throws -> PublishReport {
        let refused = state.withLock { $0.refused }
        var report = try await store.publish(publications.filter { !refused.contains($0.envelope.id) })
        for publication in publications where refused.contains(publication.envelope.id) {
            report.untaken[publication.envelope.id] = "not confirmed"
        }
        return report
    }

    func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        state.withLock { $0.terms.append(terms) }
        return try await store.withConsumer(terms) { try await body(DoubleConsumer(base: $0, broker: self)) }
    }

    private struct DoubleConsumer: Consumer {
        let base: any Consumer
        let broker: PushDouble

        var losses: AsyncStream<Set<Receipt>> { broker.losses.stream }

        func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
            let deliveries = try await base.next(upTo: limit, from: order, wait: wait)
            broker.state.withLock { $0.held.formUnion(deliveries.map(\.receipt)) }
            return deliveries
        }

        func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
            try await base.settle(settlements)
        }

        func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
            try await base.extendLeases(receipts, by: duration)
        }

        func resize(to capacity: Int) { broker.state.withLock { $0.capacities.append(capacity) } }
    }

    func purge(_ queue: QueueName) async throws -> Int { try await store.purge(queue) }
    func run() async throws { try await store.run() }
    func counts(of queue: QueueName) async throws -> QueueCounts { try await store.counts(of: queue) }
    func broadcast(_ command: ControlCommand) async throws { try await store.broadcast(command) }

    func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply] {
        try await store.ask(command, timeout: timeout)
    }

    func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        try await store.serve(as: node, hearing: hear, isListening: isListening, handle)
    }
}
