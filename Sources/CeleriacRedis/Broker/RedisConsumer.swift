import CeleriacCore
import CeleriacWire
import Foundation
import Logging
import RESPClient
import Synchronization
import RedisKit
import StoreKit

/// A consumer of a ``RedisStore``.
final class RedisConsumer: Consumer {
    let store: RedisStore
    let queues: [QueueName]
    let inbox = BroadcastInbox()
    private static let share = ClaimShare(atMost: 1_000)
    private let id: Int64
    private let lease: Duration
    private let firstWait = Gate()
    private let lookOut: LookOut
    private let unwatched = Guarded<Set<QueueName>>([])

    init(of store: RedisStore, queues: [QueueName], lease: Duration) {
        self.store = store
        self.queues = queues
        self.lease = max(lease, .seconds(1))
        id = .random(in: 1 ... .max)
        lookOut = LookOut(store.wakeUps, store.time)
    }

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        let limit = Self.share.count(of: limit)
        guard wait else { return try await claimNow(upTo: limit, from: order) }
        return try await lookOut.untilFound(order.map(WakeUps.Event.message)) {
            let claim = try await claim(upTo: limit, from: order)
            let count = claim.deliveries.count
            // Under load the next messages are there already, and a watch would only cost time.
            guard count == 0 || (count < limit && count <= ClaimShare.few && claim.isWhole) else {
                return .found(claim.deliveries)
            }
            let pause = pause(claim.pause, order, except: claim.paused)
            firstWait.open()
            return count == 0 ? .nothing(pause: pause) : .foundAll(claim.deliveries, pause: pause)
        }
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        try await store.settle(settlements)
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        try await store.extendLeases(receipts, by: duration)
    }

    /// Claims again while every claimed message had to be parked or postponed: there may be more behind them.
    private func claimNow(upTo limit: Int, from order: [QueueName]) async throws -> [Delivery] {
        for _ in 0..<1_000 {
            let claim = try await claim(upTo: limit, from: order)
            guard claim.deliveries.isEmpty, claim.pause == .zero else { return claim.deliveries }
        }
        return []
    }

    /// Returns how long to wait without a wake-up. Wake-ups are only hints.
    ///
    /// - Parameter paused: queues whose lists are not watched: nobody takes from them, so a watch would fire at once.
    private func pause(_ known: Duration?, _ order: [QueueName], except paused: Set<QueueName>) -> Duration {
        let open = order.filter { !paused.contains($0) }
        let poll: Duration = watch(open) ? .seconds(.random(in: 0.75...1)) : .milliseconds(100)
        let broadcast = inbox.nextDue.map { Duration.bounded(seconds: $0.timeIntervalSince(store.time.now)) }
        return [known, broadcast].compactMap { $0 }.reduce(poll, min)
    }

    /// Watches the lists that receive most messages: first the first list of each queue, then the others.
    ///
    /// - Returns: whether all of the lists are watched.
    private func watch(_ order: [QueueName]) -> Bool {
        var areAllWatched = true
        for step in store.keys.steps {
            for queue in order where !isWatched(queue, step) {
                areAllWatched = false
                if step == store.keys.steps.first { unwatched.withLock { _ = $0.insert(queue) } }
            }
        }
        return areAllWatched
    }

    private func isWatched(_ queue: QueueName, _ step: Int) -> Bool {
        store.watches.watch(
            store.keys.list(queue, step: step), of: queue, most: store.options.waitingConnections)
    }

    /// The queues whose first list is not watched. The consumer listens to every hint of these.
    var unwatchedQueues: Set<QueueName> { unwatched.withLock { $0 } }

    // MARK: Claiming

    /// The result of a claim.
    private struct Claim {
        var deliveries: [Delivery] = []
        /// When it is worth claiming again; `nil` if unknown.
        var pause: Duration?
        /// The queues that it passed over because they are paused.
        var paused: Set<QueueName> = []
        /// Whether every message that it saw is among the deliveries.
        var isWhole = false
    }

    private func claim(upTo limit: Int, from order: [QueueName]) async throws -> Claim {
        try Task.checkCancellation()
        let broadcasts = takeBroadcasts(upTo: limit, from: order)
        guard broadcasts.isEmpty else { return Claim(deliveries: broadcasts) }
        // Read before the command is sent: so the lease on the server ends later than the one that the consumer counts
        // on.
        let deadline = store.time.uptime + lease
        var words: RESPWords = [lease.microseconds, limit]
        for queue in order { words.append(queue.rawValue) }
        let answer = try ClaimAnswer(try await store.run(Scripts.claim, words), queues: order)
        if answer.parked > 0 {
            warn(ofParked: answer.parked)
            await store.tendDeadLetters(of: order)
        }
        // A claim that found nothing has looked at all lists.
        let hasLookedAtAll = answer.messages.isEmpty && answer.parked == 0
        store.strayKeys.note(answer.strays, among: hasLookedAtAll ? order.flatMap(store.keys.lists) : [])
        store.strayKeys.noteRenamed(answer.renamed)
        let deliveries = try await deliveries(of: answer, until: deadline)
        guard Task.isCancelled else {
            // Messages that were postponed or parked leave room for others, so there is no reason to wait.
            let isWorthAnotherLook = deliveries.isEmpty && !(answer.messages.isEmpty && answer.parked == 0)
            return Claim(
                deliveries: deliveries, pause: isWorthAnotherLook ? .zero : answer.pause, paused: answer.paused,
                isWhole: answer.pause != .zero && answer.parked == 0 && deliveries.count == answer.messages.count)
        }
        try await giveBack(deliveries)
        throw CancellationError()
    }

    /// Gives back deliveries, the last claimed first, so that they come again in their old order.
    private func giveBack(_ deliveries: [Delivery]) async throws {
        _ = try await store.settle(deliveries.reversed().map { ($0.receipt, .release()) })
    }

    private func takeBroadcasts(upTo limit: Int, from order: [QueueName]) -> [Delivery] {
        inbox.take(upTo: limit, from: order, now: store.time.now).map { queue, envelope, count in
            let receipt = store.held.add(
                id, tag: "", score: "", queue: queue, id: envelope.id,
                broadcast: Broadcast(envelope: envelope, deliveryCount: count, inbox: inbox))
            return Delivery(receipt: receipt, envelope: envelope, deliveryCount: .exact(count), leaseDeadline: nil)
        }
    }

    /// Decodes the messages. A message that cannot be read is parked; its call fails if its id can be read. A message
    /// of Python's that is not due yet waits in the broker.
    private func deliveries(of answer: ClaimAnswer, until deadline: Duration) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(answer.messages.count)
        var others: [PreparedSettlement] = []
        for message in answer.messages {
            do {
                let decoded = try KombuEnvelope.decode(message.raw, limits: store.options.limits)
                if let eta = eta(of: decoded, tag: message.tag), eta.microseconds > answer.now + 1_000 {
                    let held = held(message, answer, decoded.envelope.id)
                    others.append(store.prepare(.release(notBefore: eta), of: held))
                } else {
                    deliveries.append(delivery(decoded, message, answer, deadline))
                }
            } catch {
                warn(ofParked: 1)
                others.append(parking(message, answer, "it cannot be read: \(error)"))
            }
        }
        do {
            for (position, problem) in try await store.settle(others).unwritten {
                store.logger.error(
                    "A message could not be put off or parked; it stays held",
                    metadata: ["task_id": "\(others[position].held.id)", "error": "\(problem.reason)"])
            }
            return answer.hasRevocations ? try await markingRevoked(deliveries, answer.now) : deliveries
        } catch {
            // The caller will never see these deliveries. They come back when their leases end.
            for delivery in deliveries { _ = store.held.take(delivery.receipt) }
            throw error
        }
    }

    /// The time before which a message must not be served although it is in a list. Messages of Python's have one,
    /// since Celery leaves the waiting to workers, and so do our own messages for such workers.
    private func eta(of message: KombuMessage, tag: String) -> Date? {
        guard let eta = message.envelope.eta else { return nil }
        if let own = DeliveryTag(tag), !own.isEtaInForce { return nil }
        return eta
    }

    private func parking(
        _ message: ClaimAnswer.Message, _ answer: ClaimAnswer, _ reason: String
    ) -> PreparedSettlement {
        let id = KombuEnvelope.taskID(of: message.raw)
        let held = held(message, answer, id ?? "")
        let change = id.map { StateChange.unreadable($0, reason, in: message.queue, at: store.time.now) }
        let completion = Completion(receipt: held.receipt, settlement: .deadLetter(reason: reason), change: change)
        return store.prepare(completion, of: held, continuation: [])
    }

    private func held(_ message: ClaimAnswer.Message, _ answer: ClaimAnswer, _ task: TaskID) -> Held {
        Held(tag: message.tag, score: answer.score, queue: message.queue, id: task, consumer: id, order: 0)
    }

    private func delivery(
        _ decoded: KombuMessage, _ message: ClaimAnswer.Message, _ answer: ClaimAnswer, _ deadline: Duration
    ) -> Delivery {
        let receipt = store.held.add(
            id, tag: message.tag, score: answer.score, queue: message.queue, id: decoded.envelope.id)
        // Python marks the messages that it gives back, but does not count how often they were handed out.
        let count: DeliveryCount =
            decoded.isRedelivered ? .atLeast(max(message.lapses + 1, 2)) : .exact(message.lapses + 1)
        return Delivery(
            receipt: receipt, envelope: decoded.envelope, deliveryCount: count, leaseDeadline: deadline)
    }

    private func markingRevoked(_ deliveries: [Delivery], _ now: Int64) async throws -> [Delivery] {
        guard !deliveries.isEmpty else { return [] }
        var command = RESPCommand("ZMSCORE", store.keys.revoked)
        for delivery in deliveries { command.append(delivery.id.rawValue) }
        let question = command
        let answer = try await store.shielded { [store] in try await store.send(question) }
        return zip(deliveries, answer.elements ?? []).map { delivery, until in
            guard let until = until.double, until > Double(now) / 1e6 else { return delivery }
            return Delivery(
                receipt: delivery.receipt, envelope: delivery.envelope, deliveryCount: delivery.deliveryCount,
                leaseDeadline: delivery.leaseDeadline, isRevoked: true)
        }
    }

    private func warn(ofParked count: Int) {
        store.logger.warning("Messages that cannot be read were parked", metadata: ["count": "\(count)"])
    }

    // MARK: The scope

    /// Gives back everything that it holds. Redis holds nothing of a broadcast.
    func close() async {
        lookOut.close()
        await store.held.giveBackAll(of: id, store.logger) { [store] all in
            try await store.settle(all.filter { $0.broadcast == nil }.map { store.prepare(.release(), of: $0) })
        }
    }

    /// Waits until a claim has had to wait. Only then are hints worth their connection.
    func untilFirstWait() async throws { try await firstWait.wait() }
}

extension RedisStore {
    /// The widest limits of a message; the worker's are narrower.
    static let limits = MessageLimits(
        bodyBytes: MessageLimits.hardBodyBytes, json: JSONLimits(stringBytes: 24 << 20, documentBytes: 32 << 20))
}
