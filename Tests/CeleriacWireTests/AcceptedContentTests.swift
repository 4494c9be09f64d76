import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("Accepted content")
struct AcceptedContentTests {
    private let msgpack = MessagePackCoder.serializer
    private let limits = MessageLimits()

    private var message: Message {
        var message = Message(
            headers: MessageHeaders(id: "i", task: "t"),
            arguments: EncodedArguments(args: [2, "x"], kwargs: ["k": [1.5]]))
        message.serializer = msgpack
        return message
    }

    @Test("a recorded call in MessagePack is read where it is accepted, with the same values as in JSON")
    func readsRecording() throws {
        let raw = try #require(Fixture("task-msgpack").raw("messages").first)
        let envelope = try KombuEnvelope.decode(raw, limits: limits).envelope
        let call = try CeleryCodec(accepting: [.json, msgpack]).decode(envelope)
        let args = try call.arguments.positional.map { try JSONValue(parsing: call.arguments.body[$0]) }
        #expect(args == [1, "two", [3.5, nil, true], ["__type__": "base64", "__value__": "AP8="]])
        #expect(call.arguments.keywords.map(\.name) == ["k"])
        #expect(call.embed == Message.emptyEmbed)
    }

    @Test("a call in MessagePack is refused by its content type where it is not accepted")
    func refusesByDefault() throws {
        for name in ["task-msgpack", "task-yaml", "task-pickle"] {
            let raw = try #require(Fixture(name).raw("messages").first)
            let envelope = try KombuEnvelope.decode(raw, limits: limits).envelope
            let error = try #require(throws: CeleriacError.self) { try CeleryCodec().decode(envelope) }
            #expect(error.code == .unsupported)
            #expect(error.message.contains("refused content type \"\(envelope.properties.contentType)\""))
        }
    }

    @Test("where JSON is not accepted, it is refused")
    func refusesJSON() throws {
        var message = message
        message.serializer = nil
        let envelope = try CeleryCodec().encode(message)
        #expect(try CeleryCodec().decode(envelope).arguments.positional.count == 2)
        let error = try #require(throws: CeleriacError.self) { try CeleryCodec(accepting: [msgpack]).decode(envelope) }
        #expect(error.message == "refused content type \"application/json\": this app accepts msgpack")
    }

    @Test("a call is sent in MessagePack with kombu's content type, packed or not, and tells people of its arguments")
    func writes() throws {
        let codec = CeleryCodec(accepting: [msgpack])
        var packed = message
        packed.headers.compression = "gzip"
        for message in [message, packed] {
            let envelope = try codec.encode(message)
            #expect(envelope.properties.contentType == "application/x-msgpack")
            #expect(envelope.properties.contentEncoding == "binary")
            #expect(envelope.headers.extra["argsrepr"] == "(2, 'x')")
            #expect(try codec.decode(envelope).arguments.positional.count == 2)
            let raw = KombuEnvelope.encode(
                envelope, deliveryTag: "tag", exchange: "", routingKey: "celery", priority: 0, now: nil)
            #expect(try KombuEnvelope.decode(raw, limits: limits).envelope.body == envelope.body)
        }
    }

    @Test("a call that its format has no word for is refused where it is sent")
    func refusesUnwritable() throws {
        var message = message
        message.arguments = EncodedArguments(args: [.bigInteger("123456789012345678901234567890")])
        let error = try #require(throws: CeleriacError.self) { try CeleryCodec().encode(message) }
        #expect(
            error.code == .invalidArguments && error.message.contains("the arguments of t cannot be written as msgpack")
        )
    }

    @Test("the limits hold for what a body says as JSON")
    func keepsLimits() throws {
        let codec = CeleryCodec(limits: MessageLimits(bodyBytes: 1000), accepting: [msgpack])
        let nulls: [UInt8] = [0x93, 0xDC, 0x01, 0x2C] + [UInt8](repeating: 0xC0, count: 300) + [0x80, 0xC0]
        let envelope = Envelope(
            headers: MessageHeaders(id: "i", task: "t"),
            properties: Envelope.Properties(contentType: "application/x-msgpack", contentEncoding: "binary"),
            body: nulls)
        #expect(try #require(throws: CeleriacError.self) { try codec.decode(envelope) }.code == .tooLarge)
    }

    @Test("a result document, a part of a chord and a saved group in MessagePack are read where they are accepted")
    func readsResults() throws {
        let formats = ResultFormats(written: .json, accepted: [.json, msgpack])
        let coder = MessagePackCoder()
        var change = StateChange(id: "i", state: .success, at: Date(timeIntervalSince1970: 1_893_553_445))
        change.result = Array("[1,\"é\"]".utf8)
        let document = try coder.bytes(ofJSON: ResultDocument.encode(change, isExtended: true))
        let record = try ResultDocument.decode(document, id: "i", limits: limits, formats: formats)
        #expect(record.state == .success && record.result == change.result)
        #expect(throws: CeleriacError.self) { try ResultDocument.decode(document, id: "i", limits: limits) }

        let member = try coder.bytes(ofJSON: Array(#"[1, "a", "SUCCESS", 32]"#.utf8))
        for text in [member, member + Array("  ".utf8)] {
            let part = ChordMember.decode(text, index: 0, orID: "?", formats: formats)
            #expect(part.id == "a" && part.result == .success(Array("32".utf8)))
        }
        let group = CanvasResult("g", members: [CanvasResult("h")])
        #expect(try SavedGroup.decode(coder.bytes(ofJSON: SavedGroup.encode(group)), formats: formats) == group)
    }
}
