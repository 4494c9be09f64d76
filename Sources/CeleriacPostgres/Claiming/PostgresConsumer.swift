import CeleriacCore
import Foundation
import Logging
import PostgresClient
import StoreKit

/// A consumer of a ``PostgresStore``. The database marks the leases that it holds as its own.
final class PostgresConsumer: Consumer {
    private static let share = ClaimShare(atMost: 500)
    private let store: PostgresStore
    /// Drawn at random by each consumer; 0 means no consumer.
    private let id = Int64.random(in: 1 ... .max)
    private let lease: Duration
    private let lookOut: LookOut

    init(of store: PostgresStore, lease: Duration) {
        self.store = store
        self.lease = max(lease, .seconds(1))
        lookOut = LookOut(store.wakeUps, store.time)
    }

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        let limit = Self.share.count(of: limit)
        guard wait else { return try await claimThoroughly(upTo: limit, from: order) }
        return try await lookOut.untilFound(order.map(WakeUps.Event.message)) {
            let deliveries = try await claim(upTo: limit, from: order)
            // Under load the next messages are there already.
            guard deliveries.count < limit, deliveries.count <= ClaimShare.few else { return .found(deliveries) }
            store.noticeBoard.listen(to: store.noticeBoard.channels.message)
            let pause = pause(for: order)
            return deliveries.isEmpty ? .nothing(pause: pause) : .foundAll(deliveries, pause: pause)
        }
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        guard !settlements.isEmpty else { return [] }
        return try await store.complete(settlements.map { Completion(receipt: $0.0, settlement: $0.1) })
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        try await store.extendLeases(receipts, by: duration)
    }

    /// Gives back all messages that it holds. Also works in a cancelled task.
    func close() async throws {
        lookOut.close()
        let rows = try await store.run(.leasesOf, .int(id), on: .relaxed)
        var held: [StoredCompletion] = []
        for row in rows {
            guard let queue = QueueName(rawValue: try row.text(2)) else { continue }
            let receipt = Receipt(message: try row.int(0), token: try row.int(1), queue: queue)
            held.append(StoredCompletion(Completion(receipt: receipt, settlement: .release())))
        }
        _ = try await store.end(held)
    }

    /// Gives back all messages that it holds. An error is only logged, because the caller has an earlier one to throw.
    func closeAfterFailure() async {
        do { try await close() } catch {
            store.logger.warning(
                "Could not give back what a consumer held; its leases will lapse", metadata: ["error": "\(error)"])
        }
    }

    private func pause(for order: [QueueName]) -> Duration {
        let poll = Duration.seconds(.random(in: 0.75...1))
        guard let due = store.outlook.nextLook(of: order) else { return poll }
        return min(poll, max(.milliseconds(1), due - store.time.uptime))
    }

    // MARK: Claiming

    /// Finds nothing only if there is nothing, even if nobody has told this process of what there is.
    private func claimThoroughly(upTo limit: Int, from order: [QueueName]) async throws -> [Delivery] {
        let isBounded = store.outlook.isBounded(order)
        let deliveries = try await claim(upTo: limit, from: order)
        guard isBounded, deliveries.isEmpty else { return deliveries }
        store.outlook.lookWhole(at: order)
        return try await claim(upTo: limit, from: order)
    }

    private func claim(upTo limit: Int, from order: [QueueName]) async throws -> [Delivery] {
        try Task.checkCancellation()
        // Read before the claim is sent, so that the lease in the database ends later than the one that the consumer
        // relies on.
        let now = store.time.uptime
        let claimed = try await store.claim(upTo: limit, from: order, for: id, lease: lease, at: now)
        guard !Task.isCancelled else {
            try await giveBack(claimed)
            throw CancellationError()
        }
        return try await claimed.deliveries(until: now + lease, at: store.time.now, parking: park)
    }

    private func giveBack(_ messages: [ClaimedMessage]) async throws {
        _ = try await store.end(
            messages.map { StoredCompletion(Completion(receipt: $0.receipt, settlement: .release())) })
    }

    private func park(_ completion: Completion) async throws {
        _ = try await store.complete([completion])
        store.logger.warning(
            "A message that cannot be read was parked", metadata: ["queue": "\(completion.receipt.queue)"])
    }
}
