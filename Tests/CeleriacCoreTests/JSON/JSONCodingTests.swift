import CeleriacCore
import Foundation
import Testing

@Suite("Codable values as JSON")
struct JSONCodingTests {
    private struct Person: Codable, Hashable {
        enum Role: String, Codable { case admin, guest }
        struct Address: Codable, Hashable {
            var street: String
            var number: Int?
        }
        var id: Int64
        var name: String
        var role: Role
        var score: Double
        var tags: [String]
        var home: Address?
        var others: [String: Address]
        var born: Date
        var key: UUID
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encode(value), as: UTF8.self)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONCoding.decode(type, from: Array(text.utf8))
    }

    @Test("a type of one's own comes back as it went")
    func roundTrips() throws {
        let person = Person(
            id: .max, name: "Ada \"Countess\"", role: .admin, score: 0.1, tags: ["a", "é"],
            home: .init(street: "Main", number: nil), others: ["x": .init(street: "Side", number: 3)],
            born: Date(timeIntervalSince1970: 1.5), key: UUID()
        )
        let bytes = try JSONCoding.encode([person, person])
        #expect(try JSONCoding.decode([Person].self, from: bytes) == [person, person])
        #expect(try JSONCoding.decode(Person?.self, from: Array("null".utf8)) == nil)
    }

    @Test("members that are nil are left out, or null where that is asked for, nested ones too")
    func nilMembers() throws {
        struct Basic: Encodable {
            var a: Int?
            var b: String?
            var c: Bool?
            var d: Double?
        }
        struct Whole: Encodable {
            var date: Date?
            var home: Person.Address?
            var floats: [Float?]? = [nil]
            var inner = Basic()
            var more = ["x": Basic(a: 1)]
            var tiny: UInt8?
        }
        let bytes = try JSONCoding.encode([Whole()], nilMembers: .null)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"[{"date":null,"home":null,"floats":[null],"inner":{"a":null,"b":null,"c":null,"d":null},"#
                + #""more":{"x":{"a":1,"b":null,"c":null,"d":null}},"tiny":null}]"#)
        #expect(try text(Whole()) == #"{"floats":[null],"inner":{},"more":{"x":{"a":1}}}"#)
    }

    @Test("members stand in the order of the type's keys, a dictionary's by name")
    func keepsOrder() throws {
        let address = Person.Address(street: "Main", number: 1)
        #expect(try text(address) == #"{"street":"Main","number":1}"#)
        let dictionary = Dictionary(uniqueKeysWithValues: "hgfedcba".map { (String($0), address) })
        let keys = try text(dictionary).split(separator: "\"").filter { $0.count == 1 && $0 >= "a" && $0 <= "z" }
        #expect(keys == ["a", "b", "c", "d", "e", "f", "g", "h"])
    }

    @Test("every basic type is written and read in its own form")
    func basicTypes() throws {
        #expect(try text(Int8.min) == "-128")
        #expect(try text(UInt64.max) == "18446744073709551615")
        #expect(try decode(UInt64.self, "18446744073709551615") == .max)
        #expect(try text(Float(0.1)) == "0.1")
        #expect(try decode(Float.self, "0.1") == 0.1)
        #expect(try text([1.0, 1e22, 1e-7, -0.0]) == "[1.0,1e+22,1e-07,-0.0]")
        #expect(try text(["b": 1, "a": nil] as [String: Int?]) == #"{"a":null,"b":1}"#)
        #expect(try text(Optional<[Bool]>.none) == "null")
        #expect(try decode([Int?].self, "[1,null]") == [1, nil])
        #expect(try text(URL(string: "https://example.com/a?b=c")) == #""https://example.com/a?b=c""#)
        #expect(try text([3: "x"]) == #"{"3":"x"}"#)
        #expect(try decode([Int: String].self, #"{"3":"x"}"#) == [3: "x"])
    }

    @Test(
        "an integer is read in its exact range, and never from a double",
        arguments: ["128", "-129", "1.0", "2e2", "99999999999999999999", "\"1\"", "true", "null", "[1]", "NaN"])
    func refusesOtherNumbers(text: String) {
        #expect(throws: DecodingError.self) { try decode(Int8.self, text) }
    }

    @Test("a double takes an integer, and Python's words")
    func doublesTakeIntegers() throws {
        #expect(try decode(Double.self, "3") == 3)
        #expect(try decode(Double.self, "100000000000000000000000") == 1e23)
        #expect(try decode(Double.self, "-Infinity") == -.infinity)
        #expect(try decode(Double.self, "NaN").isNaN)
        #expect(try decode(Double.self, "1e999") == .infinity)
        #expect(try decode(Double.self, "1e-999") == 0)
        #expect(throws: DecodingError.self) { try decode(Double.self, "\"3\"") }
    }

    @Test("an error says where, and not what stood there")
    func errorsHavePaths() throws {
        let text = #"[{"street":"Main","number":1},{"street":"secret","number":"secret"}]"#
        let error = try #require(throws: DecodingError.self) { try decode([Person.Address].self, text) }
        guard case .typeMismatch(_, let context) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["Index 1", "number"])
        #expect(!"\(error)".contains("secret"))
    }

    @Test("a missing member, a null and a wrong type are told apart")
    func tellsErrorsApart() {
        func kind(_ text: String) -> String {
            do {
                _ = try decode(Person.Address.self, text)
                return "none"
            } catch DecodingError.keyNotFound { return "missing" } catch DecodingError.valueNotFound {
                return "null"
            } catch DecodingError.typeMismatch { return "type" } catch DecodingError.dataCorrupted {
                return "corrupt"
            } catch { return "other" }
        }
        #expect(kind(#"{"street":"x"}"#) == "none")
        #expect(kind(#"{}"#) == "missing")
        #expect(kind(#"{"street":null}"#) == "null")
        #expect(kind(#"{"street":1}"#) == "type")
        #expect(kind(#"[]"#) == "type")
        #expect(kind(#"{"street":"x"} x"#) == "corrupt")
        #expect(kind(#"{"street":"x","other":[}"#) == "corrupt")
    }

    @Test("decoding a part of the bytes stays within it")
    func decodesARange() throws {
        let body = Array("[[12345,\"hello\"],{}]".utf8)
        #expect(try JSONCoding.decode(Int.self, from: body, in: 2..<7) == 12_345)
        #expect(try JSONCoding.decode(Int.self, from: body, in: 2..<5) == 123)
        #expect(try JSONCoding.decode([JSONValue].self, from: body, in: 1..<16) == [12_345, "hello"])
        #expect(throws: DecodingError.self) { try JSONCoding.decode([JSONValue].self, from: body, in: 1..<15) }
        #expect(throws: DecodingError.self) { try JSONCoding.decode(Person.Address.self, from: body, in: 17..<18) }
        #expect(throws: DecodingError.self) { try JSONCoding.decode(Int.self, from: body, in: 2..<2) }
        enum Code: Int, Codable { case short = 123 }
        #expect(try JSONCoding.decode(Code.self, from: body, in: 2..<5) == .short)
        #expect(throws: DecodingError.self) { try JSONCoding.decode(Code?.self, from: body, in: 20..<20) }
    }

    @Test("the limits hold for types as for values")
    func keepsLimits() {
        struct Tree: Codable { var child: [Tree] }
        let deep = Array((String(repeating: #"{"child":["#, count: 40) + String(repeating: "]}", count: 40)).utf8)
        #expect(throws: DecodingError.self) { try JSONCoding.decode(Tree.self, from: deep) }
        #expect(throws: Never.self) { try JSONCoding.decode(Tree.self, from: deep, limits: JSONLimits(depth: 80)) }
        #expect(throws: DecodingError.self) {
            try JSONCoding.decode(String.self, from: deep, limits: JSONLimits(documentBytes: 10))
        }
    }

    @Test("what is nested without end is refused when written")
    func refusesEndlessNesting() {
        final class Loop: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.unkeyedContainer()
                try container.encode(self)
            }
        }
        #expect(throws: EncodingError.self) { try JSONCoding.encode(Loop()) }
        var value = JSONValue.array([])
        for _ in 0..<600 { value = .array([value]) }
        #expect(throws: EncodingError.self) { try JSONCoding.encode(value) }
    }

    @Test("a writer that failed stands where it stood before")
    func failsCleanly() throws {
        struct Broken: Encodable {
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(1, forKey: .a)
                throw EncodingError.invalidValue(0, .init(codingPath: [], debugDescription: "broken"))
            }
            enum Key: CodingKey { case a }
        }
        var writer = JSONWriter(reopening: Array("[1]".utf8))
        #expect(throws: EncodingError.self) { try writer.value(Broken()) }
        try writer.value(2)
        writer.close()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[1,2]")
    }
}
