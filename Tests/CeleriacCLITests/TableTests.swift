import Celeriac
import Testing

@testable import CeleriacCLI

@Suite("tables")
struct TableTests {
    private static let id = "9c1f4b1e-7d7b-4c1c-9a61-0a9f5a3f3c55"
    private static let task = "reports.monthly.summary_of_everything"
    private static let reason = "SMTPError: the server mail.example.com has refused the message of 12 megabytes"

    private func letters(_ task: String = task, _ reason: String = reason) -> Table {
        var table = Table(.id("ID"), .text("TASK"), .number("ATTEMPT"), .prose("REASON"))
        table.add(Self.id, task, "7", reason)
        return table
    }

    private func physical(_ lines: [String]) -> [Substring] { lines.flatMap { $0.split(separator: "\n") } }

    @Test("nothing is cut where the output is no terminal")
    func isWhole() {
        let row = letters().lines(width: nil)[1]
        #expect(row.contains(Self.id) && row.contains(Self.task) && row.hasSuffix(Self.reason))
    }

    @Test("from 80 columns on a row has one line: a reason is cut first, then a name", arguments: [80, 100, 120, 150])
    func cuts(width: Int) {
        let row = letters().lines(width: width)[1]
        #expect(row.columns <= width && !row.contains("\n"))
        #expect(row.contains(Self.id) && row.contains("      7") && row.hasSuffix("…"))
        #expect(row.contains(Self.task) == (width >= 110), "a name is cut only once the reason is short")
    }

    @Test(
        "a narrow terminal gets a row on several lines, each of which fits, with ids and names whole",
        arguments: 42...79)
    func wraps(width: Int) {
        let lines = letters().lines(width: width)
        #expect(physical(lines).allSatisfy { String($0).columns <= width }, "\(lines)")
        #expect(lines[1].contains(Self.id) && lines[1].contains(Self.task))
        #expect(physical([lines[1]]).dropFirst().allSatisfy { $0.hasPrefix("    ") })
        #expect(physical([lines[0]]).count == physical([lines[1]]).count, "the titles stand above their cells")
    }

    @Test(
        "an id is whole on the narrowest of terminals, and whatever stands beside it", arguments: [1, 10, 36, 80, 85])
    func keepsIDs(width: Int) {
        var table = Table(.id("ID"), .id("PARENT"), .text("TASK"), .prose("REASON"))
        table.add(Self.id, Self.id, Self.task, Self.reason)
        let words = table.lines(width: width)[1].split { $0 == " " || $0 == "\n" }
        #expect(words.count { $0 == Self.id } == 2)
    }

    @Test("a short table is not touched on a narrow terminal")
    func keepsShort() {
        var table = Table(.text("NAME"), .number("COUNT"))
        table.add("mail", "12")
        #expect(table.lines(width: 20) == table.lines(width: nil))
    }

    @Test(
        "columns are counted as terminals count them",
        arguments: [
            ("mail", 4), ("日本語", 6), ("한국어", 6), ("ﾃｽﾄ", 3), ("ＡＢ", 4), ("📮 mail", 7), ("✔", 1), ("❤️", 2),
            ("🇩🇪", 2), ("👍🏽", 2), ("e\u{301}", 1), ("a\u{20DD}", 1), ("\u{1112}\u{1161}\u{11AB}", 2), ("", 0), ("é", 1),
        ])
    func counts(text: String, columns: Int) {
        #expect(text.columns == columns)
    }

    @Test("columns stay aligned behind wide characters and combining marks")
    func aligns() {
        var table = Table(.text("QUEUE"), .number("READY"))
        for name in ["mail", "日本語", "📮", "cafe\u{301}"] { table.add(name, "1") }
        #expect(Set(table.lines(width: nil).map(\.columns)) == [13])
    }

    @Test("text is cut between characters, never within one, and never grows", arguments: 0...12)
    func clips(width: Int) {
        for text in ["日本語のキュー", "cafe\u{301}s and more", "📮📮📮📮📮📮📮"] {
            let clipped = text.clipped(to: width)
            #expect(clipped.columns <= width)
            #expect(clipped == text || width == 0 || clipped.hasSuffix("…") && text.hasPrefix(clipped.dropLast()))
        }
    }
}
