import CeleriacCanvas
import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("Celery's message format")
struct CeleryCodecTests {
    private let codec = CeleryCodec()

    /// The envelope of a recorded message, its body unpacked.
    private func recorded(_ name: String, task: TaskName = "tasks.echo") throws -> Envelope {
        let message = try Fixture(name).recorded("messages")
        let encoded = try #require(message["body"]?.stringValue)
        var headers = MessageHeaders(id: "id", task: task)
        if let bytes = message["headers"]?.bytes, let read = try? MessageHeaders(parsing: bytes) { headers = read }
        let properties = Envelope.Properties(
            contentType: try #require(message["content-type"]?.stringValue),
            contentEncoding: try #require(message["content-encoding"]?.stringValue)
        )
        return Envelope(
            headers: headers, properties: properties, body: [UInt8](try #require(Data(base64Encoded: encoded))))
    }

    private func envelope(_ body: String) -> Envelope {
        Envelope(headers: MessageHeaders(id: "id", task: "t"), body: Array(body.utf8))
    }

    private func texts(_ call: ReceivedCall) -> (args: [String], kwargs: [String: String]) {
        let body = call.arguments.body
        return (
            call.arguments.positional.map { String(decoding: body[$0], as: UTF8.self) },
            Dictionary(
                uniqueKeysWithValues: call.arguments.keywords.map {
                    ($0.name.text, String(decoding: body[$0.range], as: UTF8.self))
                }
            )
        )
    }

    // MARK: Encoding

    @Test("a call's body is [args, kwargs, embed]")
    func encodes() throws {
        var message = Message(
            headers: MessageHeaders(id: "id-1", task: "tasks.add"),
            arguments: EncodedArguments(args: [2, "two"], kwargs: ["width": 200]), priority: .high
        )
        message.replyTo = "reply"
        let envelope = try codec.encode(message)
        #expect(
            String(decoding: envelope.body, as: UTF8.self)
                == #"[[2,"two"],{"width":200},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"#)
        #expect(envelope.properties.contentType == "application/json")
        #expect(envelope.properties.contentEncoding == "utf-8")
        #expect(envelope.properties.correlationID == "id-1")
        #expect(envelope.properties.replyTo == "reply")
        #expect(envelope.priority == .high)
        #expect(envelope.headers == message.headers)
    }

    @Test("what is encoded is what is decoded")
    func roundTrips() throws {
        var arguments = EncodedArguments()
        arguments.append(1)
        arguments.append("é\"]")
        arguments.append(["a": [1, 2]])
        arguments.set("name", true)
        let message = Message(headers: MessageHeaders(id: "id", task: "t"), arguments: arguments)
        let call = try codec.decode(codec.encode(message))
        #expect(texts(call).args == ["1", #""é\"]""#, #"{"a":[1,2]}"#])
        #expect(texts(call).kwargs == ["name": "true"])
        #expect(call.embed == Message.emptyEmbed)
        #expect(
            try JSONCoding.decode([String: [Int]].self, from: call.arguments.body, in: call.arguments.positional[2])
                == ["a": [1, 2]])
    }

    @Test("an argument that could not be encoded fails the call")
    func throwsFailedArguments() {
        struct Broken: Encodable {
            func encode(to encoder: any Encoder) throws {
                throw EncodingError.invalidValue(0, .init(codingPath: [], debugDescription: "broken"))
            }
        }
        var arguments = EncodedArguments()
        arguments.append(Broken())
        let message = Message(headers: MessageHeaders(id: "id", task: "t"), arguments: arguments)
        #expect(throws: CeleriacError.self) { try codec.encode(message) }
    }

    @Test("the calls that come after a call have limits of their own, apart from those of its arguments")
    func carriesLargeCanvas() throws {
        let steps = (0..<2_000).map { place in
            CanvasSignature.call(
                "tasks.add", EncodedArguments(args: [1]),
                options: CanvasOptions(values: [
                    "task_id": .string("step-\(place)"), "reply_to": "r", "root_id": "x", "parent_id": .null,
                    "group_index": .integer(1), "group_id": "g",
                ]))
        }
        let canvas = CanvasCodec(priorities: .lowFirst)
        var message = Message(headers: MessageHeaders(id: "id", task: "t"), arguments: .none)
        message.embed = canvas.encode(CanvasEmbed(callbacks: [.group(steps)], chain: []))
        let call = try CeleryCodec().decode(CeleryCodec().encode(message))
        #expect(try canvas.decodeEmbed(call.embed).callbacks == [.group(steps)])
        let old = Array(#"{"task":"t","id":"id","args":[],"kwargs":{},"callbacks":"#.utf8)
        let parts = canvas.encode(CanvasSignature.group(steps))
        let body = old + [UInt8(ascii: "[")] + parts + Array(#"],"errbacks":null,"eta":null}"#.utf8)
        let received = try CeleryCodec().decode(Envelope(headers: message.headers, body: body))
        #expect(try canvas.decodeEmbed(received.embed).callbacks == [.group(steps)])
        // The arguments keep theirs, beside a canvas too.
        let many = JSONValue.object(Dictionary(uniqueKeysWithValues: (0...10_000).map { (JSONKey("k\($0)"), .null) }))
        message.arguments = EncodedArguments(args: [many])
        #expect(throws: CeleriacError.self) { try CeleryCodec().encode(message) }
        let wide = CeleryCodec(limits: MessageLimits(json: JSONLimits(keys: 50_000)))
        let envelope = try wide.encode(message)
        let error = #expect(throws: CeleriacError.self) { try CeleryCodec().decode(envelope) }
        #expect(error?.code == .tooLarge)
    }

    @Test("what no worker would read is refused where the call is made, by part and size")
    func refusesLargeCalls() throws {
        func refusal(_ arguments: [JSONValue], _ change: (inout MessageHeaders) -> Void = { _ in }) throws
            -> CeleriacError
        {
            var headers = MessageHeaders(id: "id", task: "tasks.big")
            change(&headers)
            let message = Message(headers: headers, arguments: EncodedArguments(args: arguments))
            return try #require(throws: CeleriacError.self) { try codec.encode(message) }
        }
        let body = try refusal([.string(String(repeating: "x", count: 1 << 20))])
        #expect(body.code == .tooLarge)
        #expect(body.message.contains("the body of a call of tasks.big would have 1048646 bytes"))
        let header = try refusal([]) { $0.extra["note"] = .string(String(repeating: "x", count: 70_000)) }
        #expect(header.code == .tooLarge)
        #expect(header.message.contains("the headers of a call of tasks.big"))
        #expect(try refusal([]) { $0.shadow = String(repeating: "x", count: 70_000) }.code == .tooLarge)
        var deep = JSONValue.array([])
        for _ in 0..<64 { deep = .array([deep]) }
        #expect(try refusal([deep]).code == .tooLarge)
        let members = Dictionary(uniqueKeysWithValues: (0..<10_001).map { (JSONKey("\($0)"), JSONValue.null) })
        #expect(try refusal([.object(members)]).code == .tooLarge)
    }

    // MARK: Decoding

    @Test("what the real Celery sent is taken apart")
    func readsRecordings() throws {
        let plain = try codec.decode(recorded("task-delay"))
        #expect(texts(plain).args == ["2", "3"])
        #expect(texts(plain).kwargs.isEmpty)
        #expect(try JSONValue(parsing: plain.embed) == JSONValue(parsing: Message.emptyEmbed))

        let types = try codec.decode(recorded("task-json-types"))
        #expect(types.arguments.positional.count == 15)
        #expect(texts(types).args[12...] == ["NaN", "Infinity", "1180591620717411303424"])

        for name in ["task-kwargs-unicode", "task-link", "chord"] {
            let envelope = try recorded(name)
            let body = try JSONValue(parsing: envelope.body)
            let call = try codec.decode(envelope)
            #expect(try texts(call).args.map { try JSONValue(parsing: $0) } == body[0]?.arrayValue)
            #expect(try JSONObject(texts(call).kwargs.mapValues { try JSONValue(parsing: $0) }) == body[1]?.objectValue)
            #expect(try JSONValue(parsing: call.embed) == body[2])
        }
    }

    @Test("a body of protocol 1 is read, too")
    func readsProtocol1() throws {
        let envelope = try recorded("task-protocol-1")
        let body = try JSONValue(parsing: envelope.body)
        let call = try codec.decode(envelope)
        #expect(texts(call).args == ["1", "2"])
        #expect(texts(call).kwargs == ["k": "\"v\""])
        let embed = try JSONValue(parsing: call.embed)
        #expect(embed["callbacks"] == body["callbacks"])
        #expect(embed["chord"] == .null)
        #expect(throws: CeleriacError.self) { try codec.decode(self.envelope(#"{"kwargs":{}}"#)) }
    }

    @Test(
        "other formats are refused by name",
        arguments: [
            ("task-pickle", "application/x-python-serialize"), ("task-yaml", "application/x-yaml"),
            ("task-msgpack", "application/x-msgpack"),
        ])
    func refusesOtherFormats(name: String, reason: String) throws {
        let error = try #require(throws: CeleriacError.self) { try codec.decode(recorded(name)) }
        #expect(error.code == .unsupported)
        #expect(error.message.contains("refused"))
        #expect(error.message.contains(reason))
    }

    @Test("a foreign content type cannot put control characters into the reason")
    func quotesForeignText() throws {
        let properties = Envelope.Properties(contentType: "\u{1B}[31m\n" + String(repeating: "x", count: 10_000))
        let envelope = Envelope(headers: MessageHeaders(id: "i", task: "t"), properties: properties, body: [])
        let error = try #require(throws: CeleriacError.self) { try codec.decode(envelope) }
        #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(error.message.count < 150)
    }

    @Test(
        "a body that is none is refused as malformed, whatever is wrong with it",
        arguments: [
            "", "null", "1", "\"x\"", "[]", "[[]]", "[[],{}]", "[[],{},{},{}]", "[{},{},{}]", "[[],[],{}]",
            "[[1,],{},{}]",
            "[[],{},{}", "[[],{},{}] x", "[[1],{\"a\":},{}]", "[[\"\u{1}\"],{},{}]", "[1,2,3]",
        ])
    func refusesMalformed(body: String) throws {
        let error = try #require(throws: CeleriacError.self) { try codec.decode(envelope(body)) }
        #expect(error.code == .malformedMessage)
    }

    @Test("args, kwargs and embed may be null, as Celery's workers take them")
    func takesNulls() throws {
        let call = try codec.decode(envelope("[null, null, null]"))
        #expect(call.arguments.positional.isEmpty)
        #expect(call.arguments.keywords.isEmpty)
        #expect(call.embed == Array("null".utf8))
    }

    @Test("of two equal keywords the last one stands, in the place where it stood")
    func takesTheLastKeyword() throws {
        let call = try codec.decode(envelope(#"[[],{"a":1,"b":2,"a":3},{}]"#))
        #expect(call.arguments.keywords.map(\.name) == ["b", "a"])
        #expect(texts(call).kwargs == ["a": "3", "b": "2"])
    }

    @Test("a hostile body is refused as too large before anything is made of it")
    func refusesHostileBodies() throws {
        let wide = CeleryCodec(limits: MessageLimits(bodyBytes: .max))
        let bodies = [
            String(repeating: "[", count: 100_000), "[[\(String(repeating: #"{"a":"#, count: 100_000))",
            "[[],{\((0..<1_000_000).map { "\"\($0)\":0" }.joined(separator: ","))},{}]",
            "[[\"\(String(repeating: "x", count: 2 << 20))\"],{},{}]",
        ]
        for body in bodies {
            let error = try #require(throws: CeleriacError.self) { try wide.decode(envelope(body)) }
            #expect(error.code == .tooLarge)
        }
        let huge = Envelope(
            headers: MessageHeaders(id: "i", task: "t"), body: [UInt8](repeating: UInt8(ascii: "["), count: 100_000_000)
        )
        for codec in [codec, wide] {
            #expect(try #require(throws: CeleriacError.self) { try codec.decode(huge) }.code == .tooLarge)
        }
    }
}
