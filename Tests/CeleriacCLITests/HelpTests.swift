import ArgumentParser
import Celeriac
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("help")
struct HelpTests {
    /// A command with the words that lead to it.
    struct Page: CustomTestStringConvertible, Sendable {
        let words: [String]
        let arguments: [JSONValue]

        var testDescription: String { words.joined(separator: " ") }
    }

    /// Every command, as the argument parser describes them all.
    private static let pages: [Page] = {
        guard let root = try? JSONValue(parsing: CeleriacCommand._dumpHelp())["command"] else { return [] }
        return pages(of: root, [])
    }()

    private static func pages(of command: JSONValue, _ words: [String]) -> [Page] {
        let commands = command["subcommands"]?.arrayValue ?? []
        return [Page(words: words, arguments: command["arguments"]?.arrayValue ?? [])]
            + commands.flatMap { command -> [Page] in
                guard let name = command["commandName"]?.stringValue, name != "help" else { return [] }
                return pages(of: command, words + [name])
            }
    }

    @Test("there is help for every command")
    func isComplete() {
        #expect(Self.pages.count > 40)
        #expect(Self.pages.contains { $0.words == ["control", "rate-limit"] })
    }

    @Test("the help of every command fits 80 columns", arguments: pages)
    func fits(page: Page) async {
        let outcome = await CommandLineUnderTest.run(page.words + ["--help"]) { _ in throw CancellationError() }
        #expect(outcome.exit == 0)
        for line in outcome.out.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test("the help of every command states the default of every value that may be left out", arguments: pages)
    func statesDefaults(page: Page) {
        for argument in page.arguments where argument["kind"] != "flag" && argument["isOptional"] == true {
            let text = argument["abstract"]?.stringValue ?? ""
            let isStated = text.contains("default") || argument["defaultValue"]?.stringValue != nil
            #expect(isStated, "\(argument["valueName"]?.stringValue ?? "?"): \(text)")
        }
    }

    @Test("the usage is broken between options, below its first word")
    func breaksUsage() {
        let text = "USAGE: celeriac inspect [--first <first value of two words>] [--second <second>] [--third <third>]"
        let lines = HelpText.fitted(text).split(separator: "\n")
        #expect(
            lines == [
                "USAGE: celeriac inspect [--first <first value of two words>] [--second <second>]",
                "       [--third <third>]",
            ])
        #expect(HelpText.fitted("short\n\ntext") == "short\n\ntext")
    }

    @Test("wrong use is one line with the error, explained within 80 columns")
    func explains() async throws {
        for words in [["worker", "--autoscale", "x"], ["dead", "list", "--limit", "x"], ["inspect", "nothing"]] {
            let outcome = await CommandLineUnderTest.run(words) { _ in throw CancellationError() }
            #expect(outcome.exit == 64)
            let lines = outcome.err.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("Error: ") } == 1)
            for line in lines where !line.hasPrefix("Error: ") { #expect(line.count <= 80, "\(line)") }
        }
    }
}
