public import CeleriacCore

/// A broker that passes every call on to another one, except for the faults that a test injects.
///
/// It has the abilities of the broker that it wraps: around a ``CompletionStore`` it is a completion store. To hide
/// these abilities, wrap the store in a ``PlainBroker`` first.
///
/// ```swift
/// let broker = FlakyBroker(MemoryStore(time: time), time: time)
/// broker.inject(.connectionLost, into: .publish, times: 2)
/// broker.inject(.failureAfterwards(BrokerError(.deadlineExceeded, "no answer")), into: .complete)
/// ```
public final class FlakyBroker<Base: Broker>: Broker {
    public let base: Base
    private let time: any TimeSource
    private let script = FaultScript()

    /// - Parameter time: the clock of ``Fault/pause(_:)``.
    public init(_ base: Base, time: any TimeSource = SystemTime()) {
        self.base = base
        self.time = time
    }

    /// Makes the next `times` calls of an operation fail, after those for which faults were injected before.
    public func inject(_ fault: Fault, into operation: BrokerOperation, times: Int = 1) {
        script.add(fault, to: operation, times: times)
    }

    /// Removes all faults that have not occurred yet.
    public func heal() { script.clear() }

    /// Returns the number of calls of an operation, including those that failed.
    public func calls(of operation: BrokerOperation) -> Int { script.count(of: operation) }

    /// Suspends until an operation has been called `count` times since the broker was created.
    ///
    /// - Throws: `CancellationError` when cancelled.
    public func untilCalls(of operation: BrokerOperation, reach count: Int) async throws {
        try await script.untilCalls(of: operation, reach: count)
    }

    // MARK: Broker

    public var traits: BrokerTraits { base.traits }
    public var transport: String { base.transport }
    public var isProcessLocal: Bool { base.isProcessLocal }

    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        try await perform(.publish) { try await base.publish(publications) }
    }

    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        try await perform(.consume) {
            try await base.withConsumer(terms) { consumer in
                try await body(FlakyConsumer(base: consumer, broker: self))
            }
        }
    }

    public func purge(_ queue: QueueName) async throws -> Int {
        try await perform(.purge) { try await base.purge(queue) }
    }

    public func run() async throws { try await base.run() }
    public var signaturePriorities: PriorityOrder { base.signaturePriorities }

    /// Runs a call, or its fault.
    ///
    /// - Parameters:
    ///   - lost: the answer of a call whose leases are lost; `nil` if the operation has no leases.
    ///   - refuse: the call without its retries; `nil` if the operation has none.
    func perform<Value: Sendable>(
        _ operation: BrokerOperation, ifLost lost: (() -> Value)? = nil,
        refusing refuse: ((BrokerError) async throws -> Value)? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        switch script.begin(operation, where: { refuse != nil || !$0.needsRetries })?.kind {
        case nil: return try await body()
        case .failure(let error): throw error
        case .failureAfterwards(let error):
            _ = try await body()
            throw error
        case .pause(let duration):
            try await time.sleep(for: duration)
            return try await body()
        case .hang:
            for await _ in AsyncStream<Never>.makeStream().stream {}
            throw CancellationError()
        case .lostLease:
            if let lost { return lost() }
            return try await body()
        case .refusedRetries(let error):
            if let refuse { return try await refuse(error) }
            return try await body()
        }
    }
}

private struct FlakyConsumer<Base: Broker>: Consumer {
    let base: any Consumer
    let broker: FlakyBroker<Base>

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        try await broker.perform(.claim) { try await base.next(upTo: limit, from: order, wait: wait) }
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        var refusing: ((BrokerError) async throws -> Set<Receipt>)?
        if settlements.contains(where: { if case .retry = $0.1 { true } else { false } }) {
            refusing = { try await refuse($0, retriesOf: settlements) }
        }
        return try await broker.perform(.settle, ifLost: { Set(settlements.map(\.0)) }, refusing: refusing) {
            try await base.settle(settlements)
        }
    }

    private func refuse(
        _ error: BrokerError, retriesOf settlements: [(Receipt, Settlement)]
    ) async throws -> Set<Receipt> {
        var refusal = CompletionRefusal()
        for case (let receipt, .retry) in settlements {
            refusal.reasons[receipt] = .init(part: .continuation, error: error)
        }
        refusal.lost = try await base.settle(settlements.filter { refusal.reasons[$0.0] == nil })
        throw refusal
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        try await broker.perform(.extendLeases, ifLost: { Set(receipts) }) {
            try await base.extendLeases(receipts, by: duration)
        }
    }

    func resize(to capacity: Int) { base.resize(to: capacity) }

    var sendsAhead: Bool { base.sendsAhead }

    var losses: AsyncStream<Set<Receipt>> { base.losses }
}
