import AMQPClient
public import CeleriacCore
import CeleriacWire
import Logging

/// Celery's events, through the exchange `celeryev`. Source: `celery/events` (5.7).
extension RabbitMQStore: EventChannel {
    /// Events are transient. Their confirms show only that the server has taken them.
    ///
    /// - Throws: ``BrokerError``, also while the server accepts no messages.
    public func emit(_ events: [MonitorEvent]) async throws {
        let messages = EventMessage.encode(events).map { AMQPMessage($0) }
        guard !messages.isEmpty else { return }
        do {
            for outcome in try await monitoring.events.value().publish(messages) { try check(outcome) }
        } catch {
            throw StoreError.translating(error)
        }
    }

    /// An event that AMQP cannot carry is dropped: nothing would change at the next try.
    private func check(_ outcome: AMQPOutcome) throws {
        guard case .failure(let error) = outcome else { return }
        guard error.code == .invalid else { throw error }
        logger.warning("An event was not sent", metadata: ["error": "\(error)"])
    }

    public func receiveEvents(
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable ([MonitorEvent]) async -> Void
    ) async throws {
        let queue = MailQueue.events(TaskID.random().rawValue, matching: "#")
        let mailbox = Listener.Mailbox(queue: queue) { [self] deliveries in
            let events = deliveries.flatMap(self.events)
            if !events.isEmpty { await handle(events) }
        }
        do {
            try await Listener(store: self, mailboxes: [mailbox], isListening: isListening).run()
        } catch {
            throw StoreError.translating(error)
        }
    }

    private func events(of delivery: AMQPDelivery) -> [MonitorEvent] {
        do {
            return try EventMessage.decode(Mail(delivery), limits: options.limits)
        } catch {
            logger.warning("A malformed event was passed over", metadata: ["error": "\(error)"])
            return []
        }
    }
}
