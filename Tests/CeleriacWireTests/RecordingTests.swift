import CeleriacCore
import CeleriacWire
import Foundation
import Testing

/// Every message and every result in every recording, wherever it stands there: also within recorded Redis commands.
@Suite("Recordings of the real Celery")
struct RecordingTests {
    private let limits = MessageLimits()

    /// What Celery's own workers take and we do not, as the task's format is none of ours.
    private let refused = ["task-pickle", "task-yaml", "task-msgpack"]

    @Test("every task message is read, and written again says the same", arguments: try Fixture.all())
    func readsTasks(fixture: Fixture) throws {
        for text in fixture.texts(beginning: "{\"body\"") {
            let value = try JSONValue(parsing: text)
            guard let headers = value["headers"]?.objectValue, headers["task"] != nil else { continue }
            let message = try KombuEnvelope.decode(Array(text.utf8), limits: limits)
            #expect(message.envelope.id.rawValue == headers["id"]?.stringValue)
            #expect(message.deliveryTag == value.at("properties", "delivery_tag")?.stringValue)
            #expect(KombuEnvelope.deliveryTag(of: Array(text.utf8)) == message.deliveryTag)
            let again = try JSONValue(
                parsing: KombuEnvelope.encode(
                    message.envelope, deliveryTag: message.deliveryTag, exchange: message.exchange,
                    routingKey: message.routingKey, priority: message.priority))
            for (name, recorded) in headers where name != "lang" && name != "redelivered" {
                #expect(Self.isSame(again.at("headers", name.text), recorded), "header \(name)")
            }
            for name in ["body", "content-type", "content-encoding"] { #expect(again[name] == value[name], "\(name)") }
            for name in ["correlation_id", "reply_to", "priority", "body_encoding"] {
                guard let recorded = value.at("properties", name) else { continue }
                #expect(again.at("properties", name) == recorded, "property \(name)")
            }
            if refused.contains(fixture.name) {
                let error = try #require(throws: CeleriacError.self) { try CeleryCodec().decode(message.envelope) }
                #expect(error.code == .unsupported)
            } else {
                _ = try CeleryCodec().decode(message.envelope)
            }
        }
    }

    /// Dates may differ in their zone.
    private static func isSame(_ ours: JSONValue?, _ recorded: JSONValue) -> Bool {
        if ours == recorded { return true }
        guard let left = ours?.stringValue.flatMap(ISODate.parse) else { return false }
        return recorded.stringValue.flatMap(ISODate.parse) == left
    }

    @Test("every result document is read, and says what it says", arguments: try Fixture.all())
    func readsResults(fixture: Fixture) throws {
        for text in fixture.texts(beginning: "{\"status\"") {
            let value = try JSONValue(parsing: text)
            let id = TaskID(try #require(value["task_id"]?.stringValue))
            let record = try ResultDocument.decode(Array(text.utf8), id: id, limits: limits)
            #expect(record.state.rawValue == value["status"]?.stringValue)
            #expect(record.parentID?.rawValue == value["parent_id"]?.stringValue)
            #expect(record.failure?.traceback == (record.failure == nil ? nil : value["traceback"]?.stringValue))
            #expect(record.failure?.type == value.at("result", "exc_type")?.stringValue)
            #expect(record.failure?.module == value.at("result", "exc_module")?.stringValue)
            #expect(record.children.count == value["children"]?.arrayValue?.count ?? 0)
            if record.state == .success { #expect(try JSONValue(parsing: record.result ?? []) == value["result"]) }
            #expect((record.at == nil) == (value["date_done"]?.isNull != false))
            #expect(record.attempt == (value["retries"]?.intValue ?? 0) + 1)
            try expectSameWritten(record, as: value, in: fixture.name)
        }
    }

    /// What Python wrote and we read, we write as Python did, but for keys that we do not have.
    private func expectSameWritten(_ record: TaskRecord, as recorded: JSONValue, in name: String) throws {
        let date = record.at ?? Date(timeIntervalSince1970: 0)
        var change = StateChange(id: record.id, state: record.state, attempt: record.attempt, at: date)
        (change.result, change.failure, change.meta) = (record.result, record.failure, record.meta)
        (change.parentID, change.children, change.worker) = (record.parentID, record.children, record.worker)
        let processID = recorded.at("result", "pid")?.intValue.map(Int32.init) ?? 0
        let ours = ResultDocument.encode(change, isExtended: false, processID: processID)
        var expected = try #require(recorded.objectValue)
        for key in ["name", "args", "kwargs", "worker", "retries", "queue", "stamped_headers", "group_id"] {
            expected[key] = nil
        }
        for stamp in recorded["stamped_headers"]?.arrayValue ?? [] { expected[stamp.stringValue ?? ""] = nil }
        // Parents of children are not kept, nor is the difference between no children and none noted.
        expected["children"] = nil
        // Nor is the traceback of a retry without an exception.
        if record.failure == nil { expected["traceback"] = .null }
        var written = try #require(try JSONValue(parsing: ours).objectValue)
        written["children"] = nil
        written["celeriac"] = nil
        #expect(JSONValue.object(written).text == JSONValue.object(expected).text)
    }

    @Test("every event is read, and written again says the same", arguments: try Fixture.all())
    func readsEvents(fixture: Fixture) throws {
        for text in fixture.texts(beginning: "{\"body\"") {
            let value = try JSONValue(parsing: text)
            guard value.at("properties", "delivery_info")?["exchange"] == "celeryev" else { continue }
            let body = try unpacked(value)
            let events = try EventMessage.decode(Mail(kombuText: Array(text.utf8), limits: limits), limits: limits)
            #expect(events.count == body.arrayValue?.count ?? 1)
            let messages = EventMessage.encode(events)
            #expect(messages.count == 1)
            #expect(
                messages.first?.routingKey == value.at("properties", "delivery_info")?["routing_key"]?.stringValue)
            let again = try JSONValue(parsing: messages.first?.kombuText ?? [])
            #expect(again["headers"] == value["headers"])
            #expect(try unpacked(again).text == body.text)
        }
    }

    @Test("every command is read, and written again says the same", arguments: try Fixture.all())
    func readsCommands(fixture: Fixture) throws {
        for text in fixture.texts(beginning: "{\"body\"") {
            let value = try JSONValue(parsing: text)
            guard value.at("properties", "delivery_info")?["exchange"] == "celery.pidbox" else { continue }
            let body = try unpacked(value)
            let request = try ControlMessage.decodeRequest(
                Mail(kombuText: Array(text.utf8), limits: limits), limits: limits)
            #expect(request.command.name == body["method"]?.stringValue)
            #expect(request.ticket == body["ticket"]?.stringValue)
            #expect(request.replyKey == body["reply_to"]?["routing_key"]?.stringValue)
            let again = try JSONValue(
                parsing: ControlMessage.request(
                    request.command, ticket: request.ticket, replyKey: request.replyKey,
                    clock: Int64(value.at("headers", "clock")?.intValue ?? 0),
                    expires: value.at("headers", "expires")?.doubleValue ?? 0
                ).kombuText)
            #expect(again["headers"]?.text == value["headers"]?.text)
            #expect(try unpacked(again).text == body.text)
        }
    }

    @Test("every reply is read, and written again says the same", arguments: try Fixture.all())
    func readsReplies(fixture: Fixture) throws {
        for text in fixture.texts(beginning: "{\"body\"") {
            let value = try JSONValue(parsing: text)
            guard value.at("properties", "delivery_info")?["exchange"] == "reply.celery.pidbox" else { continue }
            let (ticket, replies) = try ControlMessage.decodeReply(
                Mail(kombuText: Array(text.utf8), limits: limits), limits: limits)
            let reply = try #require(replies.first)
            let again = try JSONValue(
                parsing: ControlMessage.reply(
                    reply.value, node: reply.node, ticket: try #require(ticket),
                    replyKey: try #require(value.at("properties", "delivery_info")?["routing_key"]?.stringValue),
                    clock: Int64(value.at("headers", "clock")?.intValue ?? 0)
                ).kombuText)
            #expect(again["headers"] == value["headers"])
            #expect(try unpacked(again).text == unpacked(value).text)
        }
    }

    @Test("messages made by hand are taken where Python's workers take them")
    func readsHandmadeMessages() throws {
        for variant in try Fixture("acceptance-messages").document["variants"]?.arrayValue ?? [] {
            let name = variant["variant"]?.stringValue ?? ""
            let raw = try #require(variant["message"]).bytes
            var isTaken = true
            do {
                let message = try KombuEnvelope.decode(raw, limits: limits)
                _ = try CeleryCodec().decode(message.envelope)
            } catch {
                isTaken = false
            }
            #expect(isTaken == (variant["result"] == 5), "\(name)")
        }
    }

    @Test("results made by hand are read, also those at which Python's clients break")
    func readsHandmadeResults() throws {
        for variant in try Fixture("acceptance-results").document["variants"]?.arrayValue ?? [] {
            let name = variant["variant"]?.stringValue ?? ""
            let record = try ResultDocument.decode(try #require(variant["meta"]).bytes, id: "asked", limits: limits)
            #expect(record.id == "asked", "\(name)")
            #expect(record.state.rawValue == variant.at("meta", "status")?.stringValue, "\(name)")
            if let type = variant["meta"]?.at("result", "exc_type")?.stringValue {
                #expect(record.failure?.type == type, "\(name)")
            }
        }
        let text = try ResultDocument.decode(
            Array(#"{"status":"FAILURE","result":"boom"}"#.utf8), id: "a", limits: limits)
        #expect(text.failure == TaskFailure(type: "Exception", message: "boom"))
    }

    private func unpacked(_ message: JSONValue) throws -> JSONValue {
        try JSONValue(parsing: try #require(Data(base64Encoded: message["body"]?.stringValue ?? "?")))
    }
}
