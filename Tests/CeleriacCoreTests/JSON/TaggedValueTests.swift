import CeleriacCore
import Foundation
import Testing

@Suite("kombu's tagged values")
struct TaggedValueTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONCoding.decode(type, from: Array(text.utf8))
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encode(value), as: UTF8.self)
    }

    @Test("Foundation's types are written as Python reads them")
    func writes() throws {
        let date = Date(timeIntervalSince1970: 1_893_553_445.678901)
        #expect(try text(date) == #"{"__type__":"datetime","__value__":"2030-01-02T03:04:05.678901+00:00"}"#)
        let id = try #require(UUID(uuidString: "12345678-1234-5678-1234-56781234ABCD"))
        #expect(try text(id) == #"{"__type__":"uuid","__value__":{"hex":"1234567812345678123456781234abcd"}}"#)
        #expect(try text(Decimal(string: "1.50")) == #"{"__type__":"decimal","__value__":"1.5"}"#)
        #expect(try text(Data("text".utf8)) == #"{"__type__":"bytes","__value__":"text"}"#)
        #expect(try text(Data([0xFF, 0xFE, 0])) == #"{"__type__":"base64","__value__":"//4A"}"#)
    }

    @Test("what the real kombu wrote is read by type")
    func readsRecording() throws {
        let message = try Fixture("task-json-types").recorded("messages")
        let encoded = try #require(message["body"]?.stringValue)
        let body = [UInt8](try #require(Data(base64Encoded: encoded)))
        let args = try #require(try JSONValue(parsing: body)[0]?.arrayValue)
        func argument<Value: Decodable>(_ index: Int, _ type: Value.Type) throws -> Value {
            try JSONCoding.decode(type, from: args[index].bytes)
        }
        let noon = 1_714_979_289.0
        #expect(try argument(0, Date.self) == Date(timeIntervalSince1970: noon + 0.123456))
        #expect(try argument(1, Date.self) == Date(timeIntervalSince1970: noon))
        #expect(try argument(2, Date.self) == Date(timeIntervalSince1970: noon - 19_800))
        #expect(try argument(3, Date.self) == Date(timeIntervalSince1970: 1_714_953_600))
        #expect(try argument(5, Decimal.self) == 10)
        #expect(try argument(6, Decimal.self) == 1000)
        #expect(try argument(7, UUID.self) == UUID(uuidString: "12345678-1234-5678-1234-567812345678"))
        #expect(try argument(8, Data.self) == Data("text bytes".utf8))
        #expect(try argument(9, Data.self) == Data([0xFF, 0xFE, 0]))
        #expect(try argument(10, [String: [Decimal]].self) == ["nested": [Decimal(string: "0.1") ?? 0]])
        #expect(try argument(11, [Int].self) == [1, 2])
        #expect(try argument(12, Double.self).isNaN)
        #expect(args[14] == .bigInteger("1180591620717411303424"))
    }

    @Test("plain text is read as well, and keys in either order")
    func readsPlain() throws {
        #expect(try decode(Date.self, #""2030-01-02T03:04:05Z""#) == Date(timeIntervalSince1970: 1_893_553_445))
        #expect(
            try decode(Date.self, #"{"__value__":"1970-01-01","__type__":"date"}"#) == Date(timeIntervalSince1970: 0))
        #expect(
            try decode(UUID.self, #""12345678-1234-5678-1234-56781234abcd""#)
                == decode(UUID.self, #""1234567812345678123456781234ABCD""#))
        #expect(try decode(Decimal.self, "1.25") == Decimal(string: "1.25"))
        #expect(try decode(Decimal.self, #""-1.25""#) == Decimal(string: "-1.25"))
        #expect(try decode(Data.self, #""//4A""#) == Data([0xFF, 0xFE, 0]))
        #expect(try decode(Date?.self, "null") == nil)
    }

    @Test(
        "what is no date, id, number or data is refused",
        arguments: [
            "1893456000", "\"yesterday\"", "null", "[]", "{}", #"{"__type__":"date"}"#,
            #"{"__type__":"x","__value__":""}"#,
            #"{"__type__":"datetime","__value__":1}"#, #""1.5 apples""#, #"{"__type__":"uuid","__value__":{}}"#,
            "\"+\"",
        ])
    func refuses(text: String) {
        #expect(throws: DecodingError.self) { try decode(Date.self, text) }
        #expect(throws: DecodingError.self) { try decode(UUID.self, text) }
        if text.first != "1" { #expect(throws: DecodingError.self) { try decode(Decimal.self, text) } }
        #expect(throws: DecodingError.self) { try decode(Data.self, text) }
    }

    @Test("a date that is not finite is refused when written, and one out of Python's range is clamped")
    func refusesInfiniteDates() throws {
        #expect(throws: EncodingError.self) { try text(Date(timeIntervalSince1970: .infinity)) }
        #expect(ISODate.text(Date(timeIntervalSince1970: 1e300)) == "9999-12-31T23:59:59.999999+00:00")
        #expect(ISODate.text(Date(timeIntervalSince1970: -1e300)) == "0001-01-01T00:00:00+00:00")
    }

    @Test("a parameter that is a string takes the text of a tagged value, and one of bytes takes tagged bytes")
    func readsTextAndBytes() throws {
        func tagged(_ type: String, _ value: String) -> String { #"{"__type__":"\#(type)","__value__":\#(value)}"# }
        let date = tagged("datetime", #""2030-01-02T03:04:05+00:00""#)
        #expect(try decode(String.self, date) == "2030-01-02T03:04:05+00:00")
        #expect(try decode(String.self, tagged("time", #""03:04:05""#)) == "03:04:05")
        #expect(try decode(String?.self, tagged("decimal", #""1.5""#)) == "1.5")
        #expect(try decode([String].self, "[\(tagged("bytes", #""by""#)),\"x\"]") == ["by", "x"])
        let uuid = tagged("uuid", #"{"hex":"0123456789abcdef0123456789abcdef"}"#)
        #expect(try decode(String.self, " " + uuid) == "01234567-89ab-cdef-0123-456789abcdef")
        struct Holder: Decodable { let text: String }
        #expect(try decode(Holder.self, "{\"text\":\(date)}").text.hasPrefix("2030"))
        #expect(try decode([UInt8].self, tagged("base64", #""/wA=""#)) == [0xFF, 0])
        #expect(try decode([UInt8]?.self, tagged("bytes", #""by""#)) == [98, 121])
        #expect(try decode([UInt8].self, "[1,2]") == [1, 2])
        for text in ["{}", tagged("base64", #""/wA=""#), tagged("datetime", "5"), tagged("uuid", "{}")] {
            #expect(throws: DecodingError.self) { try decode(String.self, text) }
        }
        #expect(throws: DecodingError.self) { try decode([Int].self, tagged("bytes", #""by""#)) }
    }
}
