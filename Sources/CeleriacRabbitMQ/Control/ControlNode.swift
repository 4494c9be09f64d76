import AMQPClient
import CeleriacCore
import CeleriacWire
import Logging

/// A node that answers commands and follows the clocks of the other workers.
struct ControlNode: Sendable {
    let store: RabbitMQStore
    let name: String
    let hear: (@Sendable (_ clock: Int64) -> Void)?
    let handle: @Sendable (ControlCommand) async -> ControlResponse

    /// The queue of its commands, and one of worker events if it follows clocks.
    var mailboxes: [Listener.Mailbox] {
        let commands = Listener.Mailbox(queue: .commands(for: name)) { deliveries in
            for delivery in deliveries { await answer(delivery) }
        }
        guard hear != nil else { return [commands] }
        let queue = MailQueue.events(TaskID.random().rawValue, matching: "worker.#")
        return [commands, Listener.Mailbox(queue: queue) { $0.forEach(listen) }]
    }

    /// The clock part of Celery's gossip. Source: `celery/worker/consumer/gossip.py`.
    private func listen(to delivery: AMQPDelivery) {
        do {
            let events = try EventMessage.decode(Mail(delivery), limits: store.options.limits)
            for event in events where event.node != name { hear?(event.clock) }
        } catch {
            store.logger.debug("A malformed event was passed over", metadata: ["error": "\(error)"])
        }
    }

    private func answer(_ delivery: AMQPDelivery) async {
        do {
            let request = try ControlMessage.decodeRequest(Mail(delivery), limits: store.options.limits)
            if let clock = request.clock { hear?(clock) }
            guard request.command.isFor(name) else { return }
            guard case .reply(let value) = await handle(request.command) else { return }
            try await reply(value, to: request)
        } catch {
            store.logger.warning(
                "A control message was not answered", metadata: ["node": "\(name)", "error": "\(error)"])
        }
    }

    /// Sends only to reply queues: a sender of commands must not be able to publish through other exchanges. A caller
    /// that has gone misses the reply.
    private func reply(_ value: JSONValue, to request: ControlRequest) async throws {
        guard let key = request.replyKey, let ticket = request.ticket else { return }
        let usual = ControlMessage.replyExchange
        guard request.replyExchange == nil || request.replyExchange == usual else {
            throw CeleriacError(
                .malformedMessage,
                "a reply through the exchange \"\(request.replyExchange?.prefix(60) ?? "")\" was requested; replies only go through \(usual)"
            )
        }
        let mail = ControlMessage.reply(
            value, node: name, ticket: ticket, replyKey: key, clock: store.monitoring.clock.forward())
        try await store.monitoring.control.value().publish(AMQPMessage(mail))
    }
}
