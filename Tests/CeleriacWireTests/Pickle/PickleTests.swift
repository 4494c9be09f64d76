import CeleriacCore
import CeleriacRQWire
import Foundation
import Testing

@Suite("Pickles of plain data")
struct PickleTests {
    @Test("what Python pickled is read, in every protocol, and is the JSON that kombu writes of it")
    func readsRecordings() throws {
        var count = 0
        for pickle in try RecordedPickle.data() {
            let value = try Pickle.decode(pickle.bytes)
            let expected = try JSONValue(parsing: try #require(pickle.json))
            #expect(try JSONValue(parsing: value.json()).text == expected.text, "\(pickle.testDescription)")
            count += 1
        }
        #expect(count > 200)
    }

    @Test("what Python pickled in protocol 5 is written again byte for byte")
    func writesAlike() throws {
        var count = 0
        for pickle in try RecordedPickle.data() where pickle.version == 5 && pickle.isTree {
            #expect(Pickle.encode(try Pickle.decode(pickle.bytes)) == pickle.bytes, "\(pickle.testDescription)")
            count += 1
        }
        #expect(count > 35)
    }

    @Test("what was read, in whatever protocol, is written and read again as the same")
    func roundTrips() throws {
        for pickle in try RecordedPickle.data() where !pickle.name.contains("floats") {
            let value = try Pickle.decode(pickle.bytes)
            #expect(try Pickle.decode(Pickle.encode(value)) == value, "\(pickle.testDescription)")
        }
    }

    @Test("lone surrogates and keys that String takes for equal are kept, in pickles as in JSON")
    func keepsText() throws {
        let json = #"[{"é":1,"é":2,"\udce9":3,"\udcea":4},"caf\udce9"]"#
        let text = Array(json.replacingOccurrences(of: #""é":2"#, with: "\"e\u{301}\":2").utf8)
        let value = try PickleValue(json: text)
        #expect(try value.json() == text)
        let pickled = Pickle.encode(value)
        #expect(try Pickle.decode(pickled).json() == text)
        // pickle.dumps(os.fsdecode(b"caf\xe9"), 5) and, in protocol 0, 0.
        let python: [[UInt8]] = [
            [0x80, 5, 0x95, 10, 0, 0, 0, 0, 0, 0, 0, 0x8C, 6, 0x63, 0x61, 0x66, 0xED, 0xB3, 0xA9, 0x94, 0x2E],
            Array("Vcaf\\udce9\np0\n.".utf8),
        ]
        for bytes in python {
            #expect(try Pickle.decode(bytes).json() == Array(#""caf\udce9""#.utf8))
        }
        #expect(Pickle.encode(try Pickle.decode(python[0])) == python[0])
    }

    @Test("a task's parameters are decoded from a pickle as from Celery's JSON")
    func decodesTyped() throws {
        let date = Date(timeIntervalSince1970: 1_893_553_445.5)
        let uuid = try #require(UUID(uuidString: "01234567-89AB-CDEF-0123-456789ABCDEF"))
        func typed<Value: Codable & Equatable>(_ value: Value) throws {
            let pickled = Pickle.encode(try PickleValue(json: JSONCoding.encode(value)))
            #expect(try JSONCoding.decode(Value.self, from: Pickle.decode(pickled).json()) == value)
        }
        try typed(date)
        try typed(uuid)
        try typed(Decimal(string: "-1.50"))
        try typed(Data([0xFF, 0, 1]))
        try typed(Data("by".utf8))
        try typed(["a": [1.5, 2]])
        try typed([Optional<Int>.none, 3])
        let set = Pickle.encode(.set([.integer(3), .integer(1)]))
        #expect(try JSONCoding.decode(Set<Int>.self, from: Pickle.decode(set).json()) == [1, 3])
        let keyed = Pickle.encode(.dictionary([.init(.integer(7), .string("seven"))]))
        #expect(try JSONCoding.decode([Int: String].self, from: Pickle.decode(keyed).json()) == [7: "seven"])
        let span = Pickle.encode(
            .timedelta(try #require(PythonDelta(days: -1, seconds: 86_399, microseconds: 500_000))))
        #expect(try JSONCoding.decode(Double.self, from: Pickle.decode(span).json()) == -0.5)
    }

    @Test("kombu's tagged values become Python's own types; what cannot be read stays a dictionary")
    func readsTags() throws {
        func value(_ text: String) throws -> PickleValue { try PickleValue(json: Array(text.utf8)) }
        #expect(try value(#"{"__type__":"bytes","__value__":"by"}"#) == .bytes(Array("by".utf8)))
        #expect(try value(#"{"__value__":"/wA=","__type__":"base64"}"#) == .bytes([0xFF, 0]))
        #expect(try value(#"{"__type__":"decimal","__value__":"1.50"}"#) == .decimal("1.50"))
        #expect(
            try value(#"{"__type__":"uuid","__value__":{"hex":"0123456789ABCDEF0123456789abcdef"}}"#)
                == .uuid("0123456789abcdef0123456789abcdef"))
        let date = try #require(PythonDate(year: 2030, month: 1, day: 2))
        let west = try #require(PythonDelta(days: -1, seconds: 73_800, microseconds: 0))
        let time = try #require(PythonTime(hour: 3, minute: 4, second: 5, microsecond: 60_000, offset: west))
        #expect(try value(#"{"__type__":"date","__value__":"2030-01-02"}"#) == .date(date))
        #expect(try value(#"{"__type__":"time","__value__":"03:04:05.06-03:30"}"#) == .time(time))
        #expect(
            try value(#"{"__type__":"datetime","__value__":"2030-01-02T03:04:05.060000-03:30"}"#)
                == .datetime(date, time))
        for odd in [
            #"{"__type__":"datetime","__value__":"2030-02-30T00:00:00"}"#, #"{"__type__":"date","__value__":"x"}"#,
            #"{"__type__":"decimal","__value__":"1.2.3"}"#, #"{"__type__":"base64","__value__":"?"}"#,
            #"{"__type__":"uuid","__value__":{"hex":"12"}}"#, #"{"__type__":"model","__value__":"x"}"#,
            #"{"__type__":"time","__value__":"25:00"}"#, #"{"__type__":"time","__value__":"10:00+24:00"}"#,
            #"{"__type__":"bytes","__value__":"x","more":1}"#, #"{"__type__":1,"__value__":"x"}"#,
        ] {
            guard case .dictionary(let entries) = try value(odd) else {
                Issue.record("\(odd) was read as something")
                continue
            }
            #expect(entries.count >= 2)
        }
    }

    @Test(
        "a dictionary's key that JSON has no text for is refused, others become the text that Python's JSON gives them")
    func writesKeys() throws {
        let keys: [PickleValue] = [
            .integer(-1), .double(2.5), .bool(true), .none, .bigInteger("99999999999999999999"), .string("k"),
        ]
        let json = try PickleValue.dictionary(keys.map { PickleEntry($0, .none) }).json()
        let text = #"{"-1":null,"2.5":null,"true":null,"null":null,"99999999999999999999":null,"k":null}"#
        #expect(String(decoding: json, as: UTF8.self) == text)
        for key in [PickleValue.tuple([.integer(1)]), .bytes([1]), .frozenSet([])] {
            let error = try #require(throws: PickleError.self) {
                try PickleValue.dictionary([.init(key, .none)]).json()
            }
            #expect(error.code == .notJSON)
        }
    }

    @Test("texts of Python 2 are read as ASCII, and other ones refused")
    func readsOldTexts() throws {
        func read(_ text: String) throws -> PickleValue { try Pickle.decode(Array(text.utf8)) }
        #expect(try read("S'a\\x41\\n\\'\\\\'\n.") == .string("aA\n'\\"))
        #expect(try read("S\"it's\"\n.") == .string("it's"))
        #expect(try read("U\u{3}abc.") == .string("abc"))
        for broken in ["S'a\n.", "Sab\n.", "S'\\q'\n.", "S'\\x4'\n.", "S'\\xff'\n.", "S'\n.", "U\u{2}é."] {
            #expect(throws: PickleError.self) { try read(broken) }
        }
        #expect(try read("I01\n.") == .bool(true))
        #expect(try read("I00\n.") == .bool(false))
        #expect(try read("I-12\n.") == .integer(-12))
        #expect(try read("L0000000000000000000000000000012L\n.") == .integer(12))
        #expect(try read("Fnan\n.").isNaN)
        for broken in ["I\n.", "I1.5\n.", "I0x10\n.", "L1 2L\n.", "Fx\n.", "F0x1p3\n.", "Fnan(1)\n.", "F\n."] {
            #expect(throws: PickleError.self) { try read(broken) }
        }
    }
}

extension PickleValue {
    fileprivate var isNaN: Bool { if case .double(let value) = self { value.isNaN } else { false } }
}
