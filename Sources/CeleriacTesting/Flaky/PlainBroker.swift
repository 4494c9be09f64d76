public import CeleriacCore

/// A broker and nothing else: hides every further ability of the one that it wraps.
///
/// For tests of what a runtime does with a broker that is no ``CompletionStore``, no ``Inspector`` and so on.
public struct PlainBroker: Broker {
    public let traits: BrokerTraits
    private let base: any Broker

    /// - Parameter traits: what it declares; `nil` = what the wrapped broker does.
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
