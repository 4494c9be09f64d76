public import CeleriacCore

/// A broker without further abilities: hides those of the broker that it wraps.
///
/// It tests how a worker or client behaves with a broker that is not a ``CompletionStore``, an ``Inspector`` and so on.
public struct PlainBroker: Broker {
    public let traits: BrokerTraits
    /// The wrapped broker. Tests count its messages.
    package let base: any Broker

    /// - Parameter traits: the traits to declare; `nil` for those of the wrapped broker.
    public init(_ base: some Broker, traits: BrokerTraits? = nil) {
        self.base = base
        self.traits = traits ?? base.traits
    }

    public var transport: String { base.transport }
    public var isProcessLocal: Bool { base.isProcessLocal }

    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        try await base.publish(publications)
    }

    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await base.withConsumer(terms, body)
    }

    public func purge(_ queue: QueueName) async throws -> Int { try await base.purge(queue) }
    public func run() async throws { try await base.run() }
    public var signaturePriorities: PriorityOrder { base.signaturePriorities }
}
