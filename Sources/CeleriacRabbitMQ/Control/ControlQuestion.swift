#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AMQPClient
import CeleriacCore
import CeleriacWire
import Logging
import Synchronization

/// One question with its own reply queue, named like kombu's `OID.reply.celery.pidbox` and bound by its routing key.
///
/// It has a channel of its own. The queue ends with the channel's consumer.
final class ControlQuestion: Sendable {
    private let command: ControlCommand
    private let ticket = TaskID.random().rawValue
    private let replyKey = TaskID.random().rawValue
    private let store: RabbitMQStore
    private let replies = Guarded<[ControlReply]>([])

    init(_ command: ControlCommand, asking store: RabbitMQStore) {
        self.command = command
        self.store = store
    }

    /// Opens the reply queue, sends the command and collects the replies.
    ///
    /// - Throws: `AMQPError`; `CancellationError`.
    func ask(timeout: Duration) async throws -> [ControlReply] {
        let deadline = store.time.uptime + timeout
        let channel = try await store.publishing.openChannel()
        let consumer = try await channel.open(.replies(replyKey))
        try await channel.declare(.commands)
        try await channel.publish(AMQPMessage(request(expiringIn: timeout)))
        try await gather(from: consumer, on: channel, until: deadline)
        return replies.withLock { $0 }
    }

    private func request(expiringIn timeout: Duration) -> AddressedMail {
        ControlMessage.request(
            command, ticket: ticket, replyKey: replyKey, clock: store.monitoring.clock.forward(),
            expires: store.time.now.adding(timeout).timeIntervalSince1970)
    }

    /// Collects until all named nodes have answered or the time is over.
    private func gather(from consumer: AMQPConsumer, on channel: AMQPChannel, until deadline: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in try await collect(from: consumer, on: channel) }
            group.addTask { [time = store.time] in try await time.sleep(untilUptime: deadline) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func collect(from consumer: AMQPConsumer, on channel: AMQPChannel) async throws {
        while true {
            let deliveries = try await consumer.nextBatch()
            guard let last = deliveries.last else { throw Listeners.closed }
            try channel.ack(last, isMultiple: true)
            for delivery in deliveries { take(delivery) }
            if isAnswered { return }
        }
    }

    private func take(_ delivery: AMQPDelivery) {
        do {
            let (ticket, more) = try ControlMessage.decodeReply(Mail(delivery), limits: store.options.limits)
            if ticket == nil || ticket == self.ticket { replies.withLock { $0 += more } }
        } catch {
            store.logger.warning("A malformed control reply was passed over", metadata: ["error": "\(error)"])
        }
    }

    /// Whether all workers of the destination have answered; `false` without a destination.
    private var isAnswered: Bool {
        guard let destination = command.destination, !destination.isEmpty else { return false }
        return Set(destination).isSubset(of: replies.withLock { $0.map(\.node) })
    }
}
