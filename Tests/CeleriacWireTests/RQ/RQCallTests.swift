import CeleriacCore
import CeleriacRQWire
import CeleriacWire
import Foundation
import Testing

@Suite("RQ's calls and values")
struct RQCallTests {
    private func error(_ data: [UInt8], as serializer: RQSerializer? = nil) throws -> CeleriacError {
        try #require(throws: CeleriacError.self) { try RQCall.decode(data, as: serializer) }
    }

    private var arguments: EncodedArguments {
        var arguments = EncodedArguments()
        arguments.append(Date(timeIntervalSince1970: 1_893_553_445.5))
        arguments.append(UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF"))
        arguments.append(Decimal(string: "1.5"))
        arguments.append(Data([0xFF, 0]))
        arguments.append("é \u{7F} \" \\ 🎉")
        arguments.append([1.5, 2])
        arguments.set("zone", 1)
        arguments.set("a", JSONValue.bigInteger("1180591620717411303424"))
        return arguments
    }

    @Test("a call comes back as typed arguments, in both serialisers", arguments: RQSerializer.allCases)
    func roundTrips(serializer: RQSerializer) throws {
        let data = try RQCall.encode("tasks.add", arguments, as: serializer)
        #expect(RQSerializer(detecting: data) == serializer)
        let call = try RQCall.decode(data)
        #expect(call.task == "tasks.add")
        func value<Value: Decodable>(_ type: Value.Type, _ place: Int) throws -> Value {
            try JSONCoding.decode(type, from: call.arguments.body, in: call.arguments.positional[place])
        }
        #expect(call.arguments.positional.count == 6)
        #expect(try value(Date.self, 0) == Date(timeIntervalSince1970: 1_893_553_445.5))
        #expect(try value(UUID.self, 1) == UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF"))
        #expect(try value(Decimal.self, 2) == Decimal(string: "1.5"))
        #expect(try value(Data.self, 3) == Data([0xFF, 0]))
        #expect(try value(String.self, 4) == "é \u{7F} \" \\ 🎉")
        #expect(try value([Double].self, 5) == [1.5, 2])
        #expect(call.arguments.keywords.map(\.name) == ["zone", "a"])
        #expect(call.arguments.body[call.arguments.keywords[1].range].elementsEqual("1180591620717411303424".utf8))
    }

    @Test("a call becomes the body of a Celery message with the same arguments", arguments: RQSerializer.allCases)
    func makesCeleryBody(serializer: RQSerializer) throws {
        let call = try RQCall.decode(try RQCall.encode("tasks.add", arguments, as: serializer))
        let envelope = Envelope(headers: MessageHeaders(id: "i", task: call.task), body: call.celeryBody)
        let received = try CeleryCodec().decode(envelope).arguments
        #expect(received.positional.count == 6 && received.keywords.map(\.name) == ["zone", "a"])
        let args = try received.positional.map { try JSONValue(parsing: received.body[$0]) }
        #expect(JSONValue.array(args).text == (try JSONValue(parsing: arguments.args)).text)
    }

    @Test("JSON is written as Python's json writes it")
    func writesPythonsJSON() throws {
        let arguments = EncodedArguments(args: ["é, : \u{7F}🎉\"\n", [1, ["k": nil]]], kwargs: ["b": 1.0, "a": [:]])
        let data = try RQCall.encode("t", arguments, as: .json)
        let text = #"["t", null, ["\u00e9, : \u007f\ud83c\udf89\"\n", [1, {"k": null}]], {"a": {}, "b": 1.0}]"#
        #expect(String(decoding: data, as: UTF8.self) == text)
    }

    @Test("a method of an object, or another shape, is refused with the reason")
    func refusesShapes() throws {
        for text in [
            #"["f", {"x":1}, [], {}]"#, #"["f", null, [], {}, 1]"#, #"["f", null, []]"#, #"[1, null, [], {}]"#,
            #"["f", null, {}, {}]"#,
            #"["f", null, [], []]"#, "[]", #"["f", "o", [], {}]"#,
        ] {
            let error = try error(Array(text.utf8), as: .json)
            #expect(error.code == .unsupported && error.message.contains("no instance"), "\(text)")
        }
        for text in ["", "{}", "5", #"["f", null, [], {}"#, "\u{80}"] {
            #expect(try error(Array(text.utf8), as: .json).code == .malformedMessage, "\(text)")
        }
        let function = PickleValue.string("f")
        for value in [
            PickleValue.tuple([function, .string("o"), .tuple([]), .dictionary([])]),
            .tuple([function, .none, .tuple([])]),
            .tuple([.none, .none, .tuple([]), .dictionary([])]),
            .tuple([function, .none, .dictionary([]), .dictionary([])]),
            .tuple([function, .none, .tuple([]), .dictionary([.init(.integer(1), .none)])]), .none, .set([function]),
        ] {
            #expect(try error(Pickle.encode(value)).code == .unsupported)
        }
        #expect(try error([UInt8](repeating: 0x20, count: 2 << 20)).code == .tooLarge)
        #expect(try error(Pickle.encode(.tuple([function, .none, .tuple([]), .none]))).message.contains("dict"))
        let bad = Pickle.encode(
            .tuple([function, .none, .tuple([.dictionary([.init(.tuple([]), .none)])]), .dictionary([])]))
        #expect(try error(bad).message.contains("key"))
    }

    @Test("a job of a hostile pickle is refused with the name, as unsupported")
    func refusesHostile() throws {
        for pickle in try RecordedPickle.hostile() {
            let error = try error(pickle.bytes, as: .pickle)
            #expect(error.code == .unsupported)
            #expect(error.message.contains(try #require(pickle.refused)))
        }
    }

    @Test("a call that is too large, or has an argument that cannot be encoded, fails where it is made")
    func refusesSending() throws {
        let long = EncodedArguments(args: [.string(String(repeating: "x", count: 1 << 20))])
        for serializer in RQSerializer.allCases {
            let error = try #require(throws: CeleriacError.self) { try RQCall.encode("t", long, as: serializer) }
            #expect(error.code == .tooLarge)
        }
        var broken = EncodedArguments()
        broken.append(Date(timeIntervalSince1970: .infinity))
        #expect(throws: CeleriacError.self) { try RQCall.encode("t", broken, as: .json) }
    }

    @Test("a value goes through both serialisers and comes back as the same JSON")
    func convertsValues() throws {
        for text in [
            "null", "5", "[1,2.5,\"é\"]", #"{"a":[],"b":{"c":null}}"#, #"{"__type__":"decimal","__value__":"1.50"}"#,
        ] {
            for serializer in RQSerializer.allCases {
                let serialized = try serializer.serialized(Array(text.utf8))
                let back = try JSONValue(parsing: serializer.json(of: serialized))
                #expect(back.text == text, "\(serializer)")
            }
        }
        #expect(throws: CeleriacError.self) { try RQSerializer.pickle.serialized(Array("[1".utf8)) }
        #expect(throws: CeleriacError.self) { try RQSerializer.json.json(of: [0x80, 5, 0x4E, 0x2E]) }
        #expect(throws: CeleriacError.self) { try RQSerializer.pickle.json(of: Array("[]".utf8)) }
    }
}
