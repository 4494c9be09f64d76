import Foundation
import Testing

@testable import AMQPClient
@testable import CeleriacCore
@testable import CeleriacRabbitMQ
@testable import CeleriacWire

@Suite("task messages over AMQP, as Celery recorded them")
struct TaskMessageTests {
    private let limits = RabbitMQOptions().limits

    private func envelope(of message: RecordedMessage) throws -> Envelope {
        try TaskMessage.envelope(
            of: message.properties, body: message.body, exchange: message.exchange, routingKey: message.routingKey,
            limits: limits)
    }

    @Test("every recorded call is read with its id, task and arguments")
    func reads() throws {
        #expect(RecordedMessage.calls.count >= 30)
        let codec = CeleryCodec(limits: limits, accepting: [.json, MessagePackCoder.serializer])
        for message in RecordedMessage.calls {
            let envelope = try envelope(of: message)
            #expect(envelope.id.rawValue == message.taskID, "\(message)")
            #expect(envelope.task.rawValue == message.task, "\(message)")
            #expect(TaskMessage.taskID(of: message.properties, body: message.body) == envelope.id)
            let call = try codec.decode(envelope)
            guard let args = message.args as? [Any] else { continue }
            let read = try call.arguments.positional.map { range in
                try JSONSerialization.jsonObject(
                    with: Data(call.arguments.body[range]), options: .fragmentsAllowed)
            }
            #expect(read as NSArray == args as NSArray, "\(message)")
        }
    }

    @Test("a call that is read and written again has the same properties and headers, but for the named differences")
    func writesAgain() throws {
        for message in RecordedMessage.calls where !message.isProtocol1 {
            let envelope = try envelope(of: message)
            let written = try TaskMessage.properties(of: envelope, now: now(of: message, envelope))
            expectSameProperties(written, message)
            expectSameHeaders(try #require(written.headers), try #require(message.properties.headers), message)
        }
    }

    /// The time at which the recorded message was published, as its own expiration tells.
    private func now(of message: RecordedMessage, _ envelope: Envelope) -> Date {
        guard let expires = envelope.expires, let left = message.properties.expiration.flatMap({ Double($0) }) else {
            return Date(timeIntervalSince1970: 0)
        }
        return expires.addingTimeInterval(-(left + 0.5) / 1000)
    }

    private func expectSameProperties(_ written: AMQPProperties, _ message: RecordedMessage) {
        var recorded = message.properties
        // A call without a priority has 0, which is also what the server assumes. Celery leaves it out for some calls.
        recorded.priority = recorded.priority ?? 0
        // A message that does not say otherwise is kept on disk.
        recorded.deliveryMode = recorded.deliveryMode ?? 2
        recorded.headers = written.headers
        // The server removes the property when a delay or a queue ends, so that the header alone is left.
        if recorded.expiration == nil { recorded.expiration = written.expiration }
        #expect(written == recorded, "\(message)")
    }

    private func expectSameHeaders(_ written: AMQPTable, _ recorded: AMQPTable, _ message: RecordedMessage) {
        var (written, recorded) = (written, recorded)
        // The language is the writer's.
        #expect(written["lang"] == "swift")
        recorded["lang"] = "swift"
        // Python's texts of the arguments are kept, and marked as not made from the body.
        #expect(written["x_repr"] == true)
        written["x_repr"] = nil
        // The server's notes concern one copy.
        for name in recorded.map(\.name) where ReservedHeaders.contains(name) { recorded[name] = nil }
        // Only the order of the names may differ.
        #expect(written.map(\.name).sorted() == recorded.map(\.name).sorted(), "\(message)")
        for entry in recorded { #expect(written[entry.name] == entry.value, "\(message): \(entry.name)") }
    }

    @Test("a call of ours has the headers of the same call of Celery's, in its types")
    func writes() throws {
        let message = try #require(RecordedMessage.calls.first { $0.recording == "task-delay" })
        let recorded = try #require(message.properties.headers)
        var call = Message(
            headers: MessageHeaders(id: "1", task: "tasks.add"), arguments: EncodedArguments(args: [2, 3]))
        call.headers.origin = "gen1@web1"
        call.headers.ignoreResult = false
        let written = try TaskMessage.properties(of: CeleryCodec().encode(call), now: Date())
        let headers = try #require(written.headers)
        #expect(headers.map(\.name).sorted() == recorded.map(\.name).sorted())
        for name in ["argsrepr", "kwargsrepr", "retries", "timelimit", "stamps", "stamped_headers", "shadow", "group"] {
            #expect(headers[name] == recorded[name], "\(name)")
        }
        #expect(written.correlationID == call.id.rawValue)
        #expect(written.replyTo == nil)
        #expect(written.expiration == nil)
    }

    @Test("a message of protocol 1 needs no headers at all")
    func protocol1() throws {
        let message = try #require(RecordedMessage.calls.first { $0.recording == "task-protocol-1" })
        var properties = message.properties
        properties.headers = nil
        let envelope = try TaskMessage.envelope(
            of: properties, body: message.body, exchange: "", routingKey: "emails", limits: limits)
        #expect(envelope.task == "x")
        #expect(TaskMessage.taskID(of: AMQPProperties(), body: message.body) == envelope.id)
    }

    @Test("a message that came through the delay levels belongs to no exchange; another one keeps its exchange")
    func routes() throws {
        let delayed = try #require(RecordedMessage.calls.first { $0.exchange == DelayLevels.endExchange })
        #expect(try envelope(of: delayed).exchange == nil)
        #expect(DelayLevels.target(of: delayed.routingKey) == "jobs")
        let routed = try TaskMessage.envelope(
            of: delayed.properties, body: delayed.body, exchange: "media", routingKey: "video.hd", limits: limits)
        #expect(routed.exchange == "media")
        #expect(routed.routingKey == "video.hd")
    }

    @Test("priorities keep RabbitMQ's sense, and 0 means that none was asked for")
    func priorities() throws {
        for (wire, read) in [(nil, nil), (0, nil), (1, 1), (9, 9), (10, 9), (255, 9)] as [(UInt8?, Int?)] {
            var properties = AMQPProperties(headers: ["task": "t", "id": "1"])
            properties.priority = wire
            let envelope = try TaskMessage.envelope(
                of: properties, body: [], exchange: "", routingKey: "q", limits: limits)
            #expect(envelope.askedPriority?.rawValue == read)
            #expect(try TaskMessage.properties(of: envelope, now: Date()).priority == UInt8(read ?? 0))
        }
    }

    @Test("the expiration is never negative, and left out where the server would refuse it")
    func expirations() {
        let now = Date(timeIntervalSince1970: 1_000_000)
        #expect(TaskMessage.expiration(at: now + 1.5, now: now) == "1500")
        #expect(TaskMessage.expiration(at: now - 1, now: now) == "0")
        #expect(TaskMessage.expiration(at: now + 4_294_967.25, now: now) == "4294967250")
        #expect(TaskMessage.expiration(at: now + 4_294_967.5, now: now) == nil)
        for date in [Date.distantFuture, Date(timeIntervalSince1970: .infinity)] {
            #expect(TaskMessage.expiration(at: date, now: now) == nil)
            #expect(TaskMessage.expiration(at: now, now: date) == "0")
        }
        #expect(TaskMessage.expiration(at: .distantPast, now: now) == "0")
    }
}
