public import CeleriacCore

/// A broker and nothing else: hides every further ability of the one that it wraps.
///
/// For tests of what a runtime does with a broker that is no ``CompletionStore``, no ``Inspector`` and so on.
public struct PlainBroker: Broker {
    private let base: any Broker

    public init(_ base: some Broker) { self.base = base }

    public var transport: String { base.transport }
    public var isProcessLocal: Bool { base.isProcessLocal }

    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        try await base.publish(publications)
    }

    public func withConsumer<Value: Sendable>(
        of queues: [QueueName], lease: Duration, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await base.withConsumer(of: queues, lease: lease, body)
    }

    public func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await base.settle(settlements)
    }

    public func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        try await base.extendLeases(receipts, by: duration)
    }

    public func counts(of queue: QueueName) async throws -> QueueCounts { try await base.counts(of: queue) }
    public func purge(_ queue: QueueName) async throws -> Int { try await base.purge(queue) }
    public func run() async throws { try await base.run() }
}
