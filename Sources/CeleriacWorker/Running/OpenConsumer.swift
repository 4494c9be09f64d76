import CeleriacCore
import Synchronization

/// The worker's open consumer, for the parts that are made before the broker opens it.
final class OpenConsumer: Sendable {
    private let consumer = Guarded<(any Consumer)?>(nil)

    func open(_ consumer: any Consumer) { self.consumer.withLock { $0 = consumer } }

    /// The broker has taken back the deliveries that the consumer still held.
    func close() { consumer.withLock { $0 = nil } }

    /// - Returns: the receipts whose lease was lost.
    /// - Throws: ``BrokerError``, with code `refused` once the consumer is closed.
    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        guard let consumer = consumer.withLock({ $0 }) else {
            throw BrokerError(.refused, "the worker's consumer is closed: its deliveries were released")
        }
        return try await consumer.settle(settlements)
    }

    func resize(to capacity: Int) { consumer.withLock { $0 }?.resize(to: capacity) }
}
