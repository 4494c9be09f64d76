import AMQPClient
public import CeleriacCore
import CeleriacWire

/// Celery's mailbox: commands go through the exchange `celery.pidbox` to the queue of each node, replies through
/// `reply.celery.pidbox` to a queue for each question.
///
/// Source: `kombu/pidbox.py` (5.7).
extension RabbitMQStore: ControlChannel {
    public func broadcast(_ command: ControlCommand) async throws {
        let mail = ControlMessage.request(
            command, ticket: nil, replyKey: nil, clock: monitoring.clock.forward(), expires: 0)
        do {
            try await monitoring.control.value().publish(AMQPMessage(mail))
        } catch {
            throw StoreError.translating(error)
        }
    }

    public func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply] {
        do {
            return try await ControlQuestion(command, asking: self).ask(timeout: timeout)
        } catch {
            throw StoreError.translating(error)
        }
    }

    /// - Throws: ``BrokerError``; with code `nameTaken` if another node of this name is listening. After a reconnection it
    ///   first waits until the server has given up the old connection.
    public func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        let mailboxes = ControlNode(store: self, name: node, hear: hear, handle: handle).mailboxes
        do {
            try await Listener(store: self, mailboxes: mailboxes, isListening: isListening).run()
        } catch let error as AMQPError where error.isLocked {
            throw BrokerError(
                .nameTaken,
                "rabbitmq: another worker named \"\(node)\" is alive and holds the queue of its commands: give each worker a name of its own, or stop the other one",
                underlying: error)
        } catch {
            throw StoreError.translating(error)
        }
    }
}
