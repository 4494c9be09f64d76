import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@testable import AMQPClient
@testable import CeleriacRabbitMQ

@Suite("The messages of rpc://")
struct ReplyMessageTests {
    @Test("nine states are recorded")
    func recordings() {
        #expect(RecordedMessage.replies.count == 9)
        #expect(Set(RecordedMessage.replies.map(\.recording)).count == 6)
    }

    @Test("every recorded state is read, and says what it says", arguments: 0..<9)
    func reads(_ number: Int) throws {
        let recorded = RecordedMessage.replies[number]
        let record = try read(recorded)
        let document = try JSONValue(parsing: recorded.body)
        #expect(record.id.rawValue == recorded.properties.correlationID)
        #expect(record.state.rawValue == document["status"]?.stringValue)
        #expect(record.parentID?.rawValue == document["parent_id"]?.stringValue)
        switch record.state {
        case .success: #expect(try JSONValue(parsing: record.result ?? []) == document["result"])
        case .progress: #expect(try JSONValue(parsing: record.meta ?? []) == document["result"])
        default: #expect(record.failure?.type == document["result"]?["exc_type"]?.stringValue)
        }
    }

    @Test("a state that was read is written as Python wrote it", arguments: 0..<9)
    func writes(_ number: Int) throws {
        let recorded = RecordedMessage.replies[number]
        let record = try read(recorded)
        var change = StateChange(
            id: record.id, state: record.state, at: record.at ?? Date(timeIntervalSince1970: 0))
        (change.result, change.failure, change.meta) = (record.result, record.failure, record.meta)
        (change.parentID, change.children, change.replyTo) = (record.parentID, record.children, recorded.routingKey)
        let address = try #require(change.reply)
        let written = WrittenResult(change, isExtended: false, processID: 1, as: .json)
        let message = ReplyMessage.message(written, to: address, isPersistent: false)

        #expect(message.exchange == recorded.exchange && message.routingKey == recorded.routingKey)
        #expect(message.properties == recorded.properties)
        var expected = try #require(try JSONValue(parsing: recorded.body).objectValue)
        var ours = try #require(try JSONValue(parsing: message.body).objectValue)
        // The difference between no children and none noted is not kept, nor the traceback of a retry without an exception.
        (expected["children"], ours["children"]) = (nil, nil)
        if record.failure == nil { expected["traceback"] = .null }
        ours["celeriac"] = nil
        #expect(JSONValue.object(ours).text == JSONValue.object(expected).text)
    }

    @Test("the address is the call's: its reply_to, and its correlation id, which is the call's id unless it has one")
    func address() {
        func change(_ properties: Envelope.Properties?, _ replyTo: String? = nil) -> StateChange {
            var change = StateChange(id: "a", state: .success, at: Date())
            change.replyTo = replyTo
            change.call = properties.map {
                Envelope(headers: MessageHeaders(id: "a", task: "t"), properties: $0, body: [])
            }
            return change
        }
        #expect(change(.init(replyTo: "q")).reply == ReplyAddress(queue: "q", correlationID: "a"))
        #expect(
            change(.init(correlationID: "c", replyTo: "q")).reply == ReplyAddress(queue: "q", correlationID: "c"))
        #expect(change(nil, "q").reply == ReplyAddress(queue: "q", correlationID: "a"))
        #expect(change(.init()).reply == nil && change(.init(replyTo: "")).reply == nil && change(nil).reply == nil)
    }

    @Test("persistent results have delivery mode 2")
    func persistent() {
        let written = WrittenResult(
            StateChange(id: "a", state: .success, at: Date()), isExtended: false, processID: 1, as: .json)
        let address = ReplyAddress(queue: "q", correlationID: "a")
        #expect(ReplyMessage.message(written, to: address, isPersistent: true).properties.deliveryMode == 2)
    }

    @Test(
        "what is no state of a call is refused",
        arguments: [
            "", "null", "[]", "7", "{", #"{"status":7}"#, #"{"result":1}"#, #"{"status":"SUCCESS","result":}"#,
        ])
    func garbage(body: String) {
        let properties = AMQPProperties(correlationID: "a")
        #expect(throws: CeleriacError.self) {
            try ReplyMessage.record(of: properties, body: Array(body.utf8), limits: MessageLimits(), .json)
        }
    }

    @Test("a state without a correlation id, or of more than the largest result, is refused")
    func unfit() {
        let body = Array(#"{"status":"SUCCESS","result":"0123456789"}"#.utf8)
        #expect(throws: CeleriacError.self) {
            try ReplyMessage.record(of: AMQPProperties(), body: body, limits: MessageLimits(), .json)
        }
        let small = MessageLimits(resultBytes: 8)
        #expect(throws: CeleriacError.self) {
            try ReplyMessage.record(of: AMQPProperties(correlationID: "a"), body: body, limits: small, .json)
        }
    }

    private func read(_ recorded: RecordedMessage) throws -> TaskRecord {
        try ReplyMessage.record(of: recorded.properties, body: recorded.body, limits: MessageLimits(), .json)
    }
}
