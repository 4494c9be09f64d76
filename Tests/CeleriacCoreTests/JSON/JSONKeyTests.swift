import CeleriacCore
import Testing

@Suite("Keys of JSON objects compare by their bytes")
struct JSONKeyTests {
    /// Texts that Unicode calls canonically equivalent, and `String` takes for equal.
    static let twins: [(String, String)] = [
        ("\u{E9}", "e\u{301}"), ("\u{212B}", "\u{C5}"), ("\u{C5}", "A\u{30A}"), ("\u{AC00}", "\u{1100}\u{1161}"),
        ("K", "\u{212A}"), ("\u{37E}", ";"),
    ]

    @Test("two keys that String takes for equal are two members, through text and back", arguments: twins)
    func roundTrip(first: String, second: String) throws {
        #expect(first == second, "the test's own premise")
        for text in [
            #"{"\#(first)":1,"\#(second)":2}"#, #"{"\#(second)":2,"\#(first)":1}"#,
            #"[{"a":{"\#(first)":1,"\#(second)":2}}]"#,
        ] {
            let value = try JSONValue(parsing: text)
            let members = try #require((value[0]?["a"] ?? value).objectValue)
            #expect(members.count == 2)
            #expect(members[first] == 1 && members[second] == 2)
            #expect(try JSONValue(parsing: value.bytes) == value)
        }
        #expect(try JSONValue(parsing: #"{"\#(first)":1}"#) != JSONValue(parsing: #"{"\#(second)":1}"#))
        #expect(JSONValue.string(first) != JSONValue.string(second))
        #expect(Set([JSONValue.string(first), .string(second)]).count == 2)
    }

    @Test("equal objects have equal bytes, whatever the order in which they were made", arguments: twins)
    func isDeterministic(first: String, second: String) {
        let forward = JSONValue.object([JSONKey(first): 1, JSONKey(second): 2])
        let backward = JSONValue.object([JSONKey(second): 2, JSONKey(first): 1])
        #expect(forward == backward && forward.bytes == backward.bytes)
        let arguments = [forward, backward].map { EncodedArguments(args: [], kwargs: $0.objectValue ?? [:]) }
        #expect(arguments[0] == arguments[1])
    }

    @Test(
        "of two keys with the same bytes the last one counts", arguments: [#"{"é":1,"é":2}"#, #"{"\u00e9":1,"é":2}"#])
    func lastCounts(text: String) throws {
        #expect(try JSONValue(parsing: text) == ["é": 2])
        #expect(try JSONCoding.decode([String: Int].self, from: Array(text.utf8)) == ["é": 2])
    }

    private struct Point: Codable, Equatable { var x: Int }

    @Test("a dictionary of String, which would lose a member, is refused; JSONObject is not", arguments: twins)
    func dictionaries(first: String, second: String) throws {
        let numbers = Array(#"{"\#(first)":1,"\#(second)":2}"#.utf8)
        let points = Array(#"{"\#(first)":{"x":1},"\#(second)":{"x":2}}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONCoding.decode([String: Int].self, from: numbers) }
        #expect(throws: DecodingError.self) { try JSONCoding.decode([String: Point].self, from: points) }
        let object = try JSONCoding.decode(JSONObject.self, from: numbers)
        #expect(object == [JSONKey(first): 1, JSONKey(second): 2])
        #expect(try JSONCoding.decode([JSONKey: Int].self, from: JSONCoding.encode(object)).count == 2)
    }

    @Test("a type finds its member by the bytes of its key, among many members too", arguments: [2, 40])
    func keyedContainers(count: Int) throws {
        struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        struct Named: Decodable {
            var composed: Int?
            var decomposed: Int?

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Key.self)
                composed = try container.decodeIfPresent(Int.self, forKey: Key(stringValue: "\u{E9}"))
                decomposed = try container.decodeIfPresent(Int.self, forKey: Key(stringValue: "e\u{301}"))
            }
        }
        let others = (2..<count).map { #","k\#($0)":0"# }.joined()
        let one = try JSONCoding.decode(Named.self, from: Array("{\"\u{E9}\":1\(others)}".utf8))
        #expect(one.composed == 1 && one.decomposed == nil)
        let both = try JSONCoding.decode(Named.self, from: Array("{\"\u{E9}\":1,\"e\u{301}\":2\(others)}".utf8))
        #expect(both.composed == 1 && both.decomposed == 2)
    }
}
