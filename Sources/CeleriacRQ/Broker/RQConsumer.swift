import CeleriacCore
import CeleriacRQWire
import Foundation
import Logging
import RESPClient
import RedisKit
import StoreKit

/// A consumer of an ``RQStore``.
final class RQConsumer: Consumer {
    private static let share = ClaimShare(atMost: 500)
    private let store: RQStore
    private let id: Int64
    private let lease: Duration
    private let lookOut: LookOut

    init(of store: RQStore, lease: Duration) {
        self.store = store
        self.lease = max(lease, .seconds(1))
        id = .random(in: 1 ... .max)
        lookOut = LookOut(store.wakeUps, store.time)
    }

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        let limit = Self.share.count(of: limit)
        guard wait else { return try await claim(upTo: limit, from: order).deliveries }
        return try await lookOut.untilFound(order.map(WakeUps.Event.message)) {
            let claim = try await claim(upTo: limit, from: order)
            let (deliveries, pause) = (claim.deliveries, claim.pause)
            let count = deliveries.count
            // Under load the next jobs are there already, and a watch would only cost time.
            guard count == 0 || (count < limit && count <= ClaimShare.few && pause != .zero) else {
                return .found(deliveries)
            }
            // Nobody takes from the list of a paused queue, and while workers are suspended from no list at all, so a
            // watch would fire at once.
            let open = order.filter { !claim.paused.contains($0) }
            let poll: Duration =
                claim.isSuspended ? .seconds(1) : watch(open) ? .seconds(.random(in: 0.75...1)) : .milliseconds(100)
            let rest = min(pause ?? poll, poll)
            return count == 0 ? .nothing(pause: rest) : .foundAll(deliveries, pause: rest)
        }
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await store.settle(settlements)
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        try await store.extendLeases(receipts, by: duration)
    }

    /// - Returns: whether all of the queues are watched.
    private func watch(_ order: [QueueName]) -> Bool {
        var areAllWatched = true
        for queue in order {
            let list = store.keys.queue(queue)
            if !store.watches.watch(list, of: queue, most: store.options.waitingConnections) { areAllWatched = false }
        }
        return areAllWatched
    }

    // MARK: Claiming

    /// The result of a claim.
    private struct Claim {
        var deliveries: [Delivery] = []
        /// When it is worth claiming again; `nil` if unknown.
        var pause: Duration?
        var isSuspended = false
        var paused: Set<QueueName> = []
    }

    private func claim(upTo limit: Int, from order: [QueueName]) async throws -> Claim {
        try Task.checkCancellation()
        // Read before the command is sent: so the lease on the server ends later than the one that the consumer counts
        // on.
        let deadline = store.time.uptime + lease
        let worker = store.identity.worker
        var words: RESPWords = [worker, lease.microseconds, limit]
        words.append(store.options.abandoned == .requeue ? 1 : 0)
        words.append(RQIdentity.nonce())
        words.append(contentsOf: order.map(\.rawValue))
        let answer = try RQClaimAnswer(try await store.run(RQScripts.claim, words), queues: order)
        let hasLookedAtAll = answer.jobs.isEmpty && !answer.isSuspended
        store.strayKeys.note(answer.strays, among: hasLookedAtAll ? store.keysOfClaims(order) : [])
        store.identity.isSuspended = answer.isSuspended
        let deliveries = try await deliveries(of: answer, worker, until: deadline)
        guard Task.isCancelled else {
            // Parked jobs are no reason to wait.
            let isWorthAnotherLook = deliveries.isEmpty && !answer.jobs.isEmpty
            return Claim(
                deliveries: deliveries, pause: isWorthAnotherLook ? .zero : answer.pause,
                isSuspended: answer.isSuspended, paused: answer.paused)
        }
        // The last claimed first, so that they come again in their old order.
        _ = try await store.settle(deliveries.reversed().map { ($0.receipt, .release()) })
        throw CancellationError()
    }

    /// Decodes the jobs. A job that cannot be read fails, with the reason.
    private func deliveries(
        of answer: RQClaimAnswer, _ worker: String, until deadline: Duration
    ) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(answer.jobs.count)
        var unreadable: [RQPreparedEnd] = []
        for job in answer.jobs {
            do {
                let message = try RQMessage(
                    id: job.id, fields: job.fields, in: job.queue, limits: store.options.limits)
                deliveries.append(delivery(job, message, answer, worker, deadline))
            } catch {
                let held = held(job, nil, answer, worker, order: 0)
                unreadable.append(try store.prepareUnreadable(held, reason: "it cannot be read: \(error)"))
            }
        }
        guard !unreadable.isEmpty else { return deliveries }
        store.logger.warning("Jobs that cannot be read have failed", metadata: ["count": "\(unreadable.count)"])
        do {
            _ = try await store.end(unreadable)
            return deliveries
        } catch {
            // The caller will never see these deliveries. They come back when their leases end.
            for delivery in deliveries { _ = store.held.take(delivery.receipt) }
            throw error
        }
    }

    private func delivery(
        _ job: RQClaimAnswer.Job, _ message: RQMessage, _ answer: RQClaimAnswer, _ worker: String,
        _ deadline: Duration
    ) -> Delivery {
        let held = store.held.add { self.held(job, message, answer, worker, order: $0) }
        return Delivery(
            receipt: held.receipt, envelope: message.envelope,
            deliveryCount: .exact(max(0, min(1_000_000, message.deliveries)) + 1),
            leaseDeadline: deadline, isRevoked: job.isRevoked)
    }

    private func held(
        _ job: RQClaimAnswer.Job, _ message: RQMessage?, _ answer: RQClaimAnswer, _ worker: String, order: Int64
    ) -> RQHeld {
        RQHeld(
            consumer: id, order: order, queue: job.queue, id: job.id, execution: job.execution, worker: worker,
            startedAt: answer.now, message: message)
    }

    // MARK: The scope

    func close() async {
        lookOut.close()
        await store.held.giveBackAll(of: id, store.logger) { [store] all in
            try await store.end(all.map { try store.prepare(.release(), of: $0) })
        }
    }
}

extension RQStore {
    /// The keys that every claim from these queues needs.
    fileprivate func keysOfClaims(_ queues: [QueueName]) -> [String] {
        queues.flatMap { [keys.queue($0), keys.started($0)] }
    }
}
