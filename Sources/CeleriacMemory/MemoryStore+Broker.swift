public import CeleriacCore

extension MemoryStore: StateDerivingStore, QueueCounter {
    public var traits: BrokerTraits { BrokerTraits() }
    public var transport: String { "memory" }
    public var isProcessLocal: Bool { true }

    /// - Complexity: about 0.3 microseconds per message, however many messages wait.
    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        change { ledger, now in ledger.publish(publications, now) }
    }

    public func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value {
        let consumer = MemoryConsumer(of: terms.queues, lease: terms.lease, in: self)
        defer { consumer.releaseAll() }
        return try await body(consumer)
    }

    func settle(_ settlements: [(Receipt, Settlement)]) -> Set<Receipt> {
        change { ledger, now in
            var lost: Set<Receipt> = []
            for (receipt, settlement) in settlements where !ledger.settle(receipt, settlement, now) {
                lost.insert(receipt)
            }
            return lost
        }
    }

    public func complete(_ completions: [Completion]) async throws -> Set<Receipt> {
        change { ledger, now in
            var lost: Set<Receipt> = []
            for completion in completions where !ledger.complete(completion, now) { lost.insert(completion.receipt) }
            ledger.dropExpired(limit: 2 * completions.count, now)
            return lost
        }
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) -> Set<Receipt> {
        change { ledger, now in ledger.extend(receipts, by: duration, now) }
    }

    public func counts(of queue: QueueName) async throws -> QueueCounts {
        change { ledger, now in ledger.counts(of: queue, now) }
    }

    public func purge(_ queue: QueueName) async throws -> Int {
        change { ledger, now in ledger.purge(queue, now) }
    }

    /// Drops expired data once a minute. Lapsed leases need no sweep: every look at a queue finds them.
    public func run() async throws {
        while !Task.isCancelled {
            do { try await time.sleep(for: .minutes(1)) } catch is CancellationError { return }
            change { ledger, now in
                ledger.dropExpired(limit: .max, now)
                ledger.revocations.dropExpired(now)
                ledger.starts.dropExpired(now)
                ledger.chords.dropExpired(now)
                ledger.workers = ledger.workers.filter { $0.value.expires > now.date }
            }
        }
    }
}
