import CeleriacCore
import Testing

@Suite("JSON syntax")
struct JSONSyntaxTests {
    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
            "{a:1}", "{\"a\" 1}", "{,}", "[1}", "{\"a\":1]", "nul", "nulll", "tru", "True", "None", "nan", "+1", "01",
            "-", "1.", ".5", "1e", "1e+", "--1", "0x10", "1_000", "\"", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
            "\"\n\"", "\"a\u{0}\"", "1 2", "[] []", "null,", "-Inf", "Infinit", "'a'", "[1]\u{0}", "\u{FEFF}1", "\"\\",
            "\"\\u", "\"\\ud800\\u\"", "/**/1",
        ])
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(throws: JSONError.self) {
            var reader = try JSONReader(Array(text.utf8))
            try reader.skip()
            try reader.finish()
        }
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0xAF],
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80], [0xFF], [0xE2, 0x82],
        ] as [[UInt8]])
    func refusesForeignBytes(bytes: [UInt8]) throws {
        let quote = UInt8(ascii: "\"")
        for text in [[quote] + bytes + [quote], Array("\"12345678".utf8) + bytes + Array("12345678\"".utf8)] {
            let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text) }
            #expect(error.code == .notUTF8)
        }
    }

    @Test("a document cut anywhere is refused, not misread")
    func refusesTruncation() throws {
        let whole = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",null,true,{"b":"é"}],"c":NaN}"#.utf8)
        _ = try JSONValue(parsing: whole)
        for length in 0..<whole.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: whole[..<length]) }
        }
    }

    @Test("blanks may stand wherever JSON lets them")
    func takesBlanks() throws {
        #expect(try JSONValue(parsing: " \t\r\n[ 1 , { \"a\" : 2 } , [ ] , { } ] \n") == [1, ["a": 2], [], [:]])
    }

    @Test("a reader goes through a document piece by piece")
    func readsByPieces() throws {
        let text = Array(#"  {"a": [1, "two", 3.5], "skip": {"x": [1,2]}, "b": true, "c": null}"#.utf8)
        var reader = try JSONReader(text)
        #expect(reader.kind() == .object)
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.int() == 1)
        #expect(try reader.nextElement())
        #expect(try reader.string() == "two")
        #expect(try reader.nextElement())
        #expect(try reader.double() == 3.5)
        #expect(try !reader.nextElement())
        #expect(try reader.nextKey() == "skip")
        let range = try reader.skip()
        #expect(String(decoding: text[range], as: UTF8.self) == #"{"x": [1,2]}"#)
        #expect(try reader.nextKey() == "b")
        #expect(try reader.bool())
        #expect(try reader.nextKey() == "c")
        #expect(try reader.null())
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test("a reader of a part sees nothing behind it")
    func staysInRange() throws {
        let text = Array("[12345,6]".utf8)
        var reader = try JSONReader(text, in: 1..<4)
        #expect(try reader.int() == 123)
        try reader.finish()
        var beyond = try JSONReader(text, in: 1..<4)
        #expect(throws: JSONError.self) {
            try beyond.skip()
            try beyond.skip()
        }
    }
}
