import AMQPClient
import CeleriacCore
import Logging

/// One call of `serve` or `receiveEvents`: it has a connection of its own, and makes a new one whenever that is lost.
struct Listener: Sendable {
    /// One of its queues, and the reader of what arrives there.
    struct Mailbox: Sendable {
        let queue: MailQueue
        /// Called with the mails that have arrived together.
        let read: @Sendable ([AMQPDelivery]) async -> Void
    }

    private struct OpenMailbox: Sendable {
        let channel: AMQPChannel
        let consumer: AMQPConsumer
        let read: @Sendable ([AMQPDelivery]) async -> Void
    }

    let store: RabbitMQStore
    let mailboxes: [Mailbox]
    let isListening: @Sendable () async -> Void

    /// Runs until an error is thrown; never returns.
    ///
    /// - Throws: `AMQPError` that a further try would not mend; `CancellationError` when cancelled.
    func run() async throws {
        var persistence = Persistence(heartbeat: store.configuration.heartbeat)
        while true {
            do {
                try await listen { persistence.succeeded() }
            } catch {
                try Task.checkCancellation()
                guard let pause = persistence.pause(after: error, at: store.time.uptime) else { throw error }
                store.logger.debug("a listener is cut off, trying again", metadata: ["error": "\(error)"])
                try await store.time.sleep(for: pause)
            }
        }
    }

    /// Listens on one connection until it ends, which throws.
    private func listen(_ whenOpen: () -> Void) async throws {
        let listeners = store.monitoring.listeners
        try await listeners.withConnection(largestBody: store.options.limits.bodyBytes) { connection in
            var open: [OpenMailbox] = []
            for mailbox in mailboxes { open.append(try await Self.open(mailbox, on: connection)) }
            whenOpen()
            await isListening()
            try await Self.receive(open)
        }
    }

    /// Each queue has a channel of its own, because mails are acknowledged by channel.
    private static func open(_ mailbox: Mailbox, on connection: AMQPConnection) async throws -> OpenMailbox {
        let channel = try await connection.openChannel()
        return OpenMailbox(channel: channel, consumer: try await channel.open(mailbox.queue), read: mailbox.read)
    }

    private static func receive(_ mailboxes: [OpenMailbox]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for mailbox in mailboxes { group.addTask { try await receive(mailbox) } }
            for try await _ in group {}
        }
    }

    /// A mail counts as received when it has arrived: nothing is delivered again.
    private static func receive(_ mailbox: OpenMailbox) async throws {
        while true {
            let deliveries = try await mailbox.consumer.nextBatch()
            try Task.checkCancellation()
            guard let last = deliveries.last else { throw Listeners.closed }
            try mailbox.channel.ack(last, isMultiple: true)
            await mailbox.read(deliveries)
        }
    }
}
