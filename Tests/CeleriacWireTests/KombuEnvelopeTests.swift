import CeleriacCore
import CeleriacWire
import Foundation
import Testing

@Suite("Task messages in kombu's lists")
struct KombuEnvelopeTests {
    private let limits = MessageLimits()

    private func encode(_ envelope: Envelope, priority: Int = 0, now: Date? = nil) -> [UInt8] {
        KombuEnvelope.encode(
            envelope, deliveryTag: "tag-1", exchange: "", routingKey: "celery", priority: priority, now: now)
    }

    private func call(_ change: (inout MessageHeaders) -> Void = { _ in }) -> Envelope {
        var headers = MessageHeaders(id: "id-1", task: "tasks.add")
        change(&headers)
        return Envelope(headers: headers, body: Array(#"[[2,3],{"k":"v"},{"chain":null}]"#.utf8))
    }

    @Test("a message begins so that a script knows it by its beginning")
    func beginsAsPromised() {
        let text = String(decoding: encode(call(), priority: 3), as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"properties":{"delivery_tag":"tag-1","correlation_id":"id-1","#
                    + #""delivery_info":{"exchange":"","routing_key":"celery"},"priority":3,"#))
    }

    @Test("a message has all that Celery's own has, and its values where they mean the same")
    func hasAllOfCelerys() throws {
        let recorded = try Fixture("task-delay").recorded("messages")
        let headers = try #require(recorded["headers"])
        var call = MessageHeaders(id: TaskID(try #require(headers["id"]?.stringValue)), task: "tasks.add")
        call.rootID = call.id
        call.origin = headers["origin"]?.stringValue
        call.ignoreResult = false
        let body = try #require(recorded["body"]?.stringValue)
        let envelope = Envelope(headers: call, body: [UInt8](try #require(Data(base64Encoded: body))))
        let ours = try JSONValue(parsing: encode(envelope))
        #expect(Set(ours.objectValue?.keys ?? [:].keys) == Set(recorded.objectValue?.keys ?? [:].keys))
        #expect(ours["body"] == recorded["body"])
        for (name, value) in headers.objectValue ?? [:] where name != "lang" {
            #expect(ours.at("headers", name.text) == value, "\(name)")
        }
        #expect(ours["headers"]?.objectValue?.count == headers.objectValue?.count)
        for (name, value) in recorded["properties"]?.objectValue ?? [:]
        where name != "delivery_tag" && name != "reply_to" {
            #expect(ours.at("properties", name.text) == value, "\(name)")
        }
        #expect(ours["properties"]?.objectValue?.count == recorded["properties"]?.objectValue?.count)
    }

    @Test("what is encoded is what is decoded, with all that an envelope can have")
    func roundTrips() throws {
        let full = Envelope(
            headers: call {
                $0.rootID = "root"
                $0.parentID = "parent \u{0} \" \\ 🎉"
                $0.eta = Date(timeIntervalSince1970: 1_893_553_445.5)
                $0.expires = Date(timeIntervalSince1970: 1_893_553_446)
                $0.retries = 2
                $0.timeLimit = .seconds(60)
                $0.softTimeLimit = .milliseconds(1500)
                $0.group = "group"
                $0.groupIndex = 3
                $0.shadow = "shown"
                $0.origin = "gen1@host"
                $0.ignoreResult = true
                $0.history = [FailedAttempt(attempt: 1, at: Date(timeIntervalSince1970: 5), type: "E", message: "m")]
                $0.extra = ["tenant": "acme", "nested": ["id": "abc", "n": 1], "none": nil, "x": .integer(.min)]
            }.headers,
            properties: .init(
                contentType: "application/x-tests", contentEncoding: "binary", priority: .high,
                correlationID: "correlation", replyTo: "reply"),
            body: Array(0...255)
        )
        for envelope in [full, call()] {
            let message = try KombuEnvelope.decode(encode(envelope, priority: envelope.wirePriority), limits: limits)
            #expect(message.envelope.headers == envelope.headers)
            #expect(message.envelope.properties == envelope.properties)
            #expect(message.envelope.body == envelope.body)
            #expect(message.deliveryTag == "tag-1")
            #expect(message.exchange == "")
            #expect(message.routingKey == "celery")
            #expect(!message.isRedelivered)
        }
    }

    @Test("bodies of every length come back byte for byte")
    func roundTripsBodies() throws {
        for length in 0...100 {
            let body = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ length) }
            let envelope = Envelope(headers: call().headers, body: body)
            let raw = encode(envelope)
            #expect(try KombuEnvelope.decode(raw, limits: limits).envelope.body == body)
            #expect(try JSONValue(parsing: raw)["body"]?.stringValue == Data(body).base64EncodedString())
        }
    }

    @Test("an exchange and its key are the envelope's; the anonymous one is nobody's")
    func readsRoutes() throws {
        let raw = KombuEnvelope.encode(
            call(), deliveryTag: "t", exchange: "topic", routingKey: "a.b", priority: 0)
        let properties = try KombuEnvelope.decode(raw, limits: limits).envelope.properties
        #expect(properties.exchange == "topic")
        #expect(properties.routingKey == "a.b")
        let plain = try KombuEnvelope.decode(encode(call()), limits: limits).envelope.properties
        #expect(plain.exchange == nil && plain.routingKey == nil)
    }

    @Test(
        "priority 0 of the wire is none asked for; above, it counts the other way round",
        arguments: [(0, nil), (1, 8), (3, 6), (9, 0), (255, 0), (-5, 9), (Int.max, 0), (Int.min, 9)] as [(Int, Int?)])
    func readsPriorities(wire: Int, priority: Int?) throws {
        let message = try KombuEnvelope.decode(encode(call(), priority: wire), limits: limits)
        #expect(message.priority == wire)
        #expect(message.envelope.properties.priority?.rawValue == priority)
    }

    @Test("the texts of the arguments are made, unless the caller has set them, and those come back")
    func writesRepresentations() throws {
        let made = try JSONValue(parsing: encode(call()))
        #expect(made.at("headers", "argsrepr") == "(2, 3)")
        #expect(made.at("headers", "kwargsrepr") == "{'k': 'v'}")
        #expect(try KombuEnvelope.decode(made.bytes, limits: limits).envelope.headers.extra.isEmpty)
        let hidden = call { $0.extra["argsrepr"] = "(***)" }
        let raw = encode(hidden)
        #expect(try JSONValue(parsing: raw).at("headers", "argsrepr") == "(***)")
        #expect(try KombuEnvelope.decode(raw, limits: limits).envelope.headers == hidden.headers)
    }

    @Test("stamps and custom headers of a Python producer survive the way through Swift")
    func keepsForeignHeaders() throws {
        for name in ["stamped", "task-custom-headers"] {
            for raw in try Fixture(name).raw("messages") {
                let recorded = try #require(try JSONValue(parsing: raw)["headers"]?.objectValue)
                let message = try KombuEnvelope.decode(raw, limits: limits)
                let ours = try JSONValue(parsing: encode(message.envelope))["headers"]?.objectValue ?? [:]
                for (key, value) in recorded where key != "lang" { #expect(ours[key] == value, "\(name): \(key)") }
            }
        }
    }

    @Test("a call that expires says how many milliseconds it has left")
    func writesExpiration() throws {
        let now = Date(timeIntervalSince1970: 1000)
        let envelope = call { $0.expires = Date(timeIntervalSince1970: 1120.5) }
        #expect(try JSONValue(parsing: encode(envelope, now: now)).at("properties", "expiration") == "120500")
        let past = call { $0.expires = Date(timeIntervalSince1970: 1) }
        #expect(try JSONValue(parsing: encode(past, now: now)).at("properties", "expiration") == "0")
        #expect(try JSONValue(parsing: encode(envelope)).at("properties", "expiration") == nil)
    }

    @Test("base64 with escaped slashes, and a body that is plain text, are read")
    func readsOtherBodies() throws {
        let envelope = Envelope(headers: call().headers, body: [0xFF, 0xFF, 0xFF])
        let escaped = String(decoding: encode(envelope), as: UTF8.self)
            .replacingOccurrences(of: "////", with: #"\/\/\/\/"#)
        #expect(try KombuEnvelope.decode(Array(escaped.utf8), limits: limits).envelope.body == [0xFF, 0xFF, 0xFF])
        let plain = """
            {"body": "[[\\"\\u00e9\\"], {}, {}]", "headers": {"task": "t", "id": "i"}, "properties":
            {"delivery_tag": "d", "delivery_info": {"exchange": "", "routing_key": "q"}}, "content-type": "application/json"}
            """
        let message = try KombuEnvelope.decode(Array(plain.utf8), limits: limits)
        #expect(String(decoding: message.envelope.body, as: UTF8.self) == #"[["é"], {}, {}]"#)
        #expect(message.envelope.properties.contentEncoding == "utf-8")
    }

    @Test("a message of protocol 1 has its headers from its body")
    func readsProtocol1() throws {
        let raw = try #require(try Fixture("task-protocol-1").raw("messages").first)
        let message = try KombuEnvelope.decode(raw, limits: limits)
        #expect(message.envelope.task.rawValue.hasPrefix("tasks."))
        #expect(try JSONValue(parsing: message.envelope.body)["id"]?.stringValue == message.envelope.id.rawValue)
        #expect(try CeleryCodec().decode(message.envelope).arguments.positional.count == 2)
        let body = """
            {"task":"t","id":"i","args":[],"kwargs":{},"retries":2,"eta":"2030-01-02T03:04:05+00:00","expires":null,
            "taskset":"g","timelimit":[30,20.5],"utc":true,"errbacks":null,"unknown":{}}
            """
        let text: JSONValue = [
            "body": .string(body), "headers": [:], "content-type": "application/json",
            "properties": ["delivery_tag": "d", "delivery_info": ["exchange": "", "routing_key": "q"]],
        ]
        let headers = try KombuEnvelope.decode(text.bytes, limits: limits).envelope.headers
        #expect(headers.id == "i" && headers.retries == 2 && headers.group == "g")
        #expect(headers.timeLimit == .seconds(30) && headers.softTimeLimit == .milliseconds(20500))
        #expect(headers.eta == Date(timeIntervalSince1970: 1_893_553_445) && headers.expires == nil)
    }

    @Test(
        "a message that lacks something is malformed, and the reason says what",
        arguments: [
            ("body", nil), ("headers", nil), ("headers", "task"), ("headers", "id"), ("properties", "delivery_tag"),
            ("properties", "delivery_info"),
        ] as [(String, String?)])
    func namesWhatIsMissing(member: String, inner: String?) throws {
        var message = try #require(try JSONValue(parsing: encode(call())).objectValue)
        if let inner {
            var members = try #require(message[member]?.objectValue)
            members[inner] = nil
            message[member] = .object(members)
        } else {
            message[member] = nil
        }
        let error = try #require(throws: CeleriacError.self) {
            try KombuEnvelope.decode(JSONValue.object(message).bytes, limits: limits)
        }
        #expect(error.code == .malformedMessage)
        #expect(error.description.contains("no \(inner ?? member)"), "\(error)")
    }

    @Test("what is no message is malformed, and its delivery tag is found where there is one")
    func refusesMalformed() throws {
        for text in ["", "x", "{}", "[]", "null", "{\"body\":1}", "{\"body\":\"\"", #"{"properties":[],"body":""}"#] {
            let error = try #require(throws: CeleriacError.self) {
                try KombuEnvelope.decode(Array(text.utf8), limits: limits)
            }
            #expect(error.code == .malformedMessage, "\(text)")
            #expect(KombuEnvelope.deliveryTag(of: Array(text.utf8)) == nil)
        }
        let broken = #"{"properties":{"priority":{},"delivery_tag":"d"},"headers":null,"body":7}"#
        #expect(throws: CeleriacError.self) { try KombuEnvelope.decode(Array(broken.utf8), limits: limits) }
        #expect(KombuEnvelope.deliveryTag(of: Array(broken.utf8)) == "d")
    }

    @Test("a message beyond the limits is too large, whichever part it is")
    func refusesLarge() throws {
        let small = MessageLimits(bodyBytes: 1000, headerBytes: 1000)
        let bodies = Envelope(headers: call().headers, body: Array(repeating: 0, count: 1001))
        let headers = call { $0.extra["x"] = .string(String(repeating: "x", count: 30_000)) }
        let deep = call { $0.extra["x"] = (0..<70).reduce(JSONValue.null) { value, _ in .array([value]) } }
        for envelope in [bodies, headers, deep] {
            let error = try #require(throws: CeleriacError.self) {
                try KombuEnvelope.decode(encode(envelope), limits: small)
            }
            #expect(error.code == .tooLarge)
        }
        let error = try #require(throws: CeleriacError.self) {
            try KombuEnvelope.decode([UInt8](repeating: 0x5B, count: 10_000_000), limits: limits)
        }
        #expect(error.code == .tooLarge)
        let most = Envelope(headers: call().headers, body: Array(repeating: 0, count: limits.bodyBytes))
        #expect(try KombuEnvelope.decode(encode(most), limits: limits).envelope.body.count == limits.bodyBytes)
    }

    @Test("giving back marks a message in two places and changes nothing else")
    func marksRedelivered() throws {
        let recorded = try Fixture("task-delay").raw("messages") + [encode(call())]
        for raw in recorded {
            let before = try KombuEnvelope.decode(raw, limits: limits)
            let once = try KombuEnvelope.redelivered(raw)
            var after = try KombuEnvelope.decode(once, limits: limits)
            #expect(after.isRedelivered)
            after.isRedelivered = false
            #expect(after == before)
            let json = try JSONValue(parsing: once)
            #expect(json.at("headers", "redelivered") == true)
            #expect(json["properties"]?.at("delivery_info", "redelivered") == true)
            #expect(try KombuEnvelope.redelivered(once) == once)
            let inserted = #","redelivered":true"#
            let withoutMarks = String(decoding: once, as: UTF8.self).replacingOccurrences(of: inserted, with: "")
            #expect(withoutMarks.utf8.elementsEqual(raw))
        }
        let text = #"{"headers": {}, "properties": {"delivery_info": {"redelivered": false , "a": 1}}, "body": "x"}"#
        #expect(
            String(decoding: try KombuEnvelope.redelivered(Array(text.utf8)), as: UTF8.self)
                == #"{"headers": {"redelivered":true}, "properties": {"delivery_info": {"redelivered": true , "a": 1}}, "body": "x"}"#
        )
        for text in ["", "{}", #"{"headers":{}}"#, #"{"headers":[],"properties":{"delivery_info":{}}}"#] {
            #expect(throws: CeleriacError.self) { try KombuEnvelope.redelivered(Array(text.utf8)) }
        }
    }
}

extension Envelope {
    fileprivate var wirePriority: Int { properties.priority.map { 9 - $0.rawValue } ?? 0 }
}
