import AMQPClient
import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@testable import CeleriacRabbitMQ

@Suite("Remote control and events as Celery sends them over AMQP")
struct ControlWireTests {
    private let limits = MessageLimits()

    private func expect(_ message: AMQPMessage, like recorded: RecordedMail) throws {
        #expect(message.exchange == recorded.exchange && message.routingKey == recorded.routingKey)
        #expect(!message.isMandatory)
        var properties = message.properties
        properties.headers = properties.headers?.sortedByName
        #expect(properties == recorded.properties)
        #expect(try JSONValue(parsing: message.body) == JSONValue(parsing: Array(recorded.body.utf8)))
    }

    @Test("a command is written as it was recorded", arguments: RecordedMail.all(through: "celery.pidbox"))
    func commands(recorded: RecordedMail) throws {
        let mail = try recorded.mail
        let request = try ControlMessage.decodeRequest(mail, limits: limits)
        let expires = mail.headers.first { $0.name == "expires" }?.value.doubleValue ?? 0
        let again = ControlMessage.request(
            request.command, ticket: request.ticket, replyKey: request.replyKey, clock: try #require(request.clock),
            expires: expires)
        try expect(AMQPMessage(again), like: recorded)
    }

    @Test("a reply is written as it was recorded", arguments: RecordedMail.all(through: "reply.celery.pidbox"))
    func replies(recorded: RecordedMail) throws {
        let mail = try recorded.mail
        let (ticket, replies) = try ControlMessage.decodeReply(mail, limits: limits)
        let clock = mail.headers.first { $0.name == "clock" }?.value.intValue ?? -1
        let reply = try #require(replies.first)
        let again = ControlMessage.reply(
            reply.value, node: reply.node, ticket: try #require(ticket), replyKey: recorded.routingKey,
            clock: Int64(clock))
        try expect(AMQPMessage(again), like: recorded)
    }

    @Test("an event is written as it was recorded", arguments: RecordedMail.all(through: "celeryev"))
    func events(recorded: RecordedMail) throws {
        let events = try EventMessage.decode(recorded.mail, limits: limits)
        let again = EventMessage.encode(events)
        #expect(again.count == 1)
        try expect(AMQPMessage(try #require(again.first)), like: recorded)
    }

    @Test("there are recordings of all three")
    func recordingsExist() {
        for exchange in [MailExchange.commands, .replies, .events] {
            #expect(!RecordedMail.all(through: exchange.name).isEmpty)
        }
    }

    @Test("exchanges are declared as they were recorded", arguments: [MailExchange.commands, .replies, .events])
    func exchanges(exchange: MailExchange) {
        let recorded = recordedMethods("exchange.declare") { $0["exchange"] as? String == exchange.name }
        #expect(!recorded.isEmpty)
        for method in recorded {
            #expect(method["type"] as? String == exchange.type.rawValue)
            #expect(method["durable"] as? Bool == exchange.isDurable)
            #expect(method["auto_delete"] as? Bool == false && method["internal"] as? Bool == false)
            #expect((method["arguments"] as? [String: Int])?.isEmpty == true)
        }
    }

    @Test("queues are declared and bound as they were recorded")
    func queues() throws {
        let (reply, event) = (".reply.celery.pidbox", "celeryev.")
        for method in recordedMethods("queue.declare", where: { _ in true }) {
            let name = try #require(method["queue"] as? String)
            let queue =
                if name.hasSuffix(reply) {
                    MailQueue.replies(String(name.dropLast(reply.count)))
                } else if name.hasPrefix(event) {
                    MailQueue.events(String(name.dropFirst(event.count)), matching: "worker.#")
                } else if name.hasSuffix(".celery.pidbox") {
                    MailQueue.commands(for: String(name.dropLast(".celery.pidbox".count)))
                } else {
                    MailQueue?.none
                }
            guard let queue else { continue }
            #expect(queue.name == name)
            #expect(
                queue.arguments.sortedByName == AMQPTable(sorted: method["arguments"] as? [String: Any] ?? [:], [:]))
            #expect(method["exclusive"] as? Bool == true && method["auto_delete"] as? Bool == true)
            #expect(method["durable"] as? Bool == false)
            let bindings = recordedMethods("queue.bind") { $0["queue"] as? String == name }
            #expect(bindings.allSatisfy { $0["exchange"] as? String == queue.exchange.name })
            #expect(bindings.allSatisfy { $0["routing_key"] as? String == queue.routingKey })
        }
    }

    /// The methods of this name in the recordings of workers and callers.
    private func recordedMethods(_ name: String, where isMeant: ([String: Any]) -> Bool) -> [[String: Any]] {
        Recordings.all.values.flatMap { recording -> [[String: Any]] in
            let members = recording as? [String: Any] ?? [:]
            return ["declarations", "client_declarations"].flatMap { members[$0] as? [[String: Any]] ?? [] }
        }.filter { $0["method"] as? String == name && isMeant($0) }
    }
}
