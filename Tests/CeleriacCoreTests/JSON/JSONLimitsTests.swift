import CeleriacCore
import Testing

@Suite("JSON limits")
struct JSONLimitsTests {
    private func code(of text: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONError.Code? {
        do throws(JSONError) {
            _ = try JSONValue(parsing: text, limits: limits)
            return nil
        } catch { return error.code }
    }

    @Test("a nesting of 100,000 is refused", arguments: ["[", #"{"a":"#, #"[{"a":"#])
    func refusesDepth(opening: String) throws {
        let text = Array(String(repeating: opening, count: 100_000).utf8)
        #expect(code(of: text) == .tooDeep)
        #expect(throws: JSONError.self) {
            var reader = try JSONReader(text)
            try reader.skip()
        }
    }

    @Test("the depth is exact, whether values are skipped or read")
    func countsDepth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(code(of: nested(64)) == nil)
        #expect(code(of: nested(65)) == .tooDeep)
        #expect(code(of: nested(512), JSONLimits(depth: .max)) == nil)
        #expect(code(of: nested(513), JSONLimits(depth: .max)) == .tooDeep)
        var reader = try JSONReader(nested(512), limits: JSONLimits(depth: 512))
        #expect(try reader.skip() == 0..<1024)
    }

    @Test("a million keys are refused, in one object or in many")
    func refusesKeys() {
        let members = (0..<1_000_000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(code(of: Array("{\(members)}".utf8)) == .tooManyKeys)
        let objects = Array(repeating: #"{"a":0}"#, count: 10_001).joined(separator: ",")
        #expect(code(of: Array("[\(objects)]".utf8)) == .tooManyKeys)
        #expect(code(of: Array("[\(objects.dropLast(8))]".utf8)) == nil)
    }

    @Test("a string of 100 MB is refused for its length alone")
    func refusesStrings() {
        var text = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000_000)
        text[0] = UInt8(ascii: "\"")
        text[text.count - 1] = UInt8(ascii: "\"")
        #expect(code(of: text) == .tooLong)
        #expect(code(of: text, JSONLimits(documentBytes: .max)) == .stringTooLong)
        #expect(code(of: text, JSONLimits(stringBytes: .max, documentBytes: .max)) == nil)
    }

    @Test("a string's limit is exact, for keys as well")
    func countsStrings() {
        let limits = JSONLimits(stringBytes: 3)
        #expect(code(of: Array(#""abc""#.utf8), limits) == nil)
        #expect(code(of: Array(#""abcd""#.utf8), limits) == .stringTooLong)
        #expect(code(of: Array(#"{"abcd":1}"#.utf8), limits) == .stringTooLong)
        #expect(code(of: Array(#""ab"#.utf8), limits) == .syntax)
    }

    @Test("an error names the place and the limit, not the payload")
    func keepsPayloadsSecret() throws {
        let error = try #require(throws: JSONError.self) { try JSONValue(parsing: #"{"password":hunter2}"#) }
        #expect(error.offset == 12)
        #expect(!error.description.contains("hunter2"))
        #expect(!error.description.contains("password"))
    }
}
