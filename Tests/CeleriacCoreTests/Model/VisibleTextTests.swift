import CeleriacCore
import Testing

@Suite("Text that is made visible")
struct VisibleTextTests {
    private static let hostile = "a\u{1B}[2J\u{202E}\r\t\u{9B}\u{2028}\u{E000}\u{0}b"

    @Test("what ends a line or speaks to a terminal is escaped, all else stays")
    func oneLine() {
        #expect(Self.hostile.onOneLine == #"a\u{1b}[2J\u{202e}\r\t\u{9b}\u{2028}\u{e000}\u{0}b"#)
        #expect("one\ntwo".onOneLine == #"one\ntwo"#)
        for text in ["", "plain ~", "é e\u{301} 日本語 🎉", #"a\b"#] { #expect(text.onOneLine == text) }
    }

    @Test("text of several lines keeps its lines, and nothing else")
    func severalLines() {
        #expect("one\n\(Self.hostile)".visible == "one\n" + Self.hostile.onOneLine)
    }

    @Test("JSON text is escaped so that it is read as before")
    func json() throws {
        let value: JSONValue = [.string(Self.hostile), "\u{F0000}", "é"]
        let text = value.text.visibleInJSON
        #expect(text.unicodeScalars.allSatisfy { $0.value < 0x7F || $0 == "é" })
        #expect(try JSONValue(parsing: text) == value)
    }
}
