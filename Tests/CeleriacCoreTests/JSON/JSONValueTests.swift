import CeleriacCore
import Foundation
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("an integer stays an integer and a double a double")
    func keepsNumbersApart() throws {
        #expect(try JSONValue(parsing: "[1,1.0,1e0,-0]") == [1, 1.0, 1.0, 0])
        #expect(JSONValue.double(1).text == "1.0")
        #expect(JSONValue.integer(1).text == "1")
        #expect(try JSONValue(parsing: "1.0") != JSONValue(parsing: "1"))
    }

    @Test(
        "an integer of any size keeps its digits",
        arguments: [
            "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616",
            "-170141183460469231731687303715884105729", "1" + String(repeating: "0", count: 5000),
        ])
    func keepsDigits(text: String) throws {
        #expect(try JSONValue(parsing: text).text == text)
    }

    @Test("what 64 bits hold is an integer, what they do not a big one")
    func drawsTheLine() throws {
        #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
        #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
        #expect(try JSONValue(parsing: "9223372036854775808") == .bigInteger("9223372036854775808"))
        #expect(try JSONValue(parsing: "-9223372036854775809") == .bigInteger("-9223372036854775809"))
    }

    @Test("a big integer that is none cannot break out of the text")
    func cannotInject() {
        #expect(JSONValue.array([.bigInteger("1],[2")]).text == #"["1],[2"]"#)
    }

    @Test("equal values have equal text, whatever the order of their members")
    func isDeterministic() throws {
        let names = (0..<100).map { "name\($0)" }
        let forward = JSONValue.object(Dictionary(uniqueKeysWithValues: names.map { (JSONKey($0), 1) }))
        let backward = JSONValue.object(Dictionary(uniqueKeysWithValues: names.reversed().map { (JSONKey($0), 1) }))
        #expect(forward.text == backward.text)
        #expect(try JSONValue(parsing: #"{"b":1,"a":[{}]}"#).text == #"{"a":[{}],"b":1}"#)
    }

    @Test("of two equal keys the last one stands")
    func takesTheLastKey() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
    }

    @Test("what Python writes beyond JSON is read")
    func readsPython() throws {
        let values = try #require(JSONValue(parsing: "[NaN, Infinity, -Infinity]").arrayValue)
        #expect(values[0].doubleValue?.isNaN == true)
        #expect(values[1] == .double(.infinity))
        #expect(values[2] == .double(-.infinity))
        #expect(JSONValue.array(values).text == "[NaN,Infinity,-Infinity]")
    }

    @Test(
        "escapes say what they stand for; lone surrogates are kept, and are U+FFFD to people",
        arguments: [
            (#""\ud83d\ude00""#, "😀"), (#""\ud800""#, "\u{FFFD}"), (#""\udc00x""#, "\u{FFFD}x"),
            (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud800\u0041""#, "\u{FFFD}A"),
            (#""\"\\\/\b\f\n\r\t\u0000""#, "\"\\/\u{8}\u{C}\n\r\t\0"), (#""\u00e9é""#, "éé"),
            (#""\ud83d""#, "\u{FFFD}"),
        ])
    func readsEscapes(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text).replacingLoneSurrogates == .string(expected))
    }

    @Test("only what must be is escaped")
    func escapesLittle() {
        #expect(JSONValue.string("é/😀\u{7F}\u{2028}").text == "\"é/😀\u{7F}\u{2028}\"")
        #expect(JSONValue.string("a\"\\\n\u{1}\0").text == #""a\"\\\n\u0001\u0000""#)
    }

    @Test("its parts can be asked for")
    func hasParts() {
        let value: JSONValue = ["name": "Ada", "age": 36, "tags": ["x", true, nil, 1.5]]
        #expect(value["name"]?.stringValue == "Ada")
        #expect(value["age"]?.intValue == 36)
        #expect(value["age"]?.doubleValue == 36)
        #expect(value["tags"]?[1]?.boolValue == true)
        #expect(value["tags"]?[2]?.isNull == true)
        #expect(value["tags"]?[3]?.intValue == nil)
        #expect(value["tags"]?[4] == nil)
        #expect(value["tags"]?[-1] == nil)
        #expect(value["none"] == nil)
    }

    @Test("Foundation's coders carry it, too")
    func isCodable() throws {
        let value: JSONValue = ["a": [1, 2.5, "x", nil, true], "b": ["c": [:]]]
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
    }
}
