import CeleriacCore
import Foundation
import Logging
import StoreKit

/// A consumer of a ``SQLiteStore``. The file marks the messages that it holds as its own.
final class SQLiteConsumer: Consumer {
    private let store: SQLiteStore
    private let terms: LeaseTerms

    init(of store: SQLiteStore, lease: Duration) {
        self.store = store
        // Zero means no consumer.
        terms = LeaseTerms(consumer: .random(in: 1 ... .max), duration: max(lease, .seconds(1)))
    }

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        let first = try await claim(upTo: limit, from: order)
        guard wait, first.deliveries.isEmpty else { return first.deliveries }
        return try await store.untilFound(order.map(WakeUps.Event.message)) {
            let (deliveries, due) = try await self.claim(upTo: limit, from: order)
            return deliveries.isEmpty ? .nothing(pause: store.pause(until: due)) : .found(deliveries)
        }
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await store.settle(settlements)
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        try await store.extendLeases(receipts, by: duration)
    }

    /// Gives back all messages that it holds. Also works in a cancelled task.
    func close() async throws {
        let consumer = terms.consumer
        try await store.writer.perform(rows: 64, isDurable: false, mayExpire: false) { transaction in
            try transaction.release(allOf: consumer)
        }
    }

    /// Gives back all messages that it holds. An error is only logged, because the caller has an earlier one to throw.
    func closeAfterFailure() async {
        do { try await close() } catch {
            store.file.logger.warning(
                "Could not give back what a consumer held; its leases will lapse", metadata: ["error": "\(error)"])
        }
    }

    private func claim(upTo limit: Int, from order: [QueueName]) async throws -> (deliveries: [Delivery], due: Date?) {
        try Task.checkCancellation()
        // Computed before the claim is sent, so that the lease in the file ends later than the one that the consumer
        // relies on.
        let deadline = store.time.uptime + terms.duration
        let claim = try await store.writer.perform(rows: limit, isDurable: false, mayExpire: false) { [terms] in
            try $0.claim(upTo: max(limit, 1), from: order, terms)
        }
        guard !Task.isCancelled else {
            try await giveBack(claim.messages)
            throw CancellationError()
        }
        let deliveries = try await claim.messages.deliveries(until: deadline, at: store.time.now, parking: park)
        return (deliveries, claim.nextDue)
    }

    private func giveBack(_ messages: [ClaimedMessage]) async throws {
        guard !messages.isEmpty else { return }
        try await store.writer.perform(rows: messages.count, isDurable: false, mayExpire: false) { transaction in
            for message in messages { _ = try transaction.settle(message.receipt, .release(notBefore: nil)) }
        }
    }

    private func park(_ completion: Completion) async throws {
        let stored = StoredCompletion(completion)
        _ = try await store.writer.perform { try $0.complete(stored) }
    }
}
