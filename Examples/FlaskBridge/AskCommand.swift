import ArgumentParser
import Celeriac
import CeleriacCLI
import Logging

/// `flaskbridge ask TEXT`: the opposite direction. A Swift program calls a task of a Python worker as if it were a
/// function.
struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Have a Python worker look at a text.")

    @Argument(help: "The text.")
    var text: String
    @Option(help: "How many of its words to quote.")
    var first = 3

    func run() async throws {
        try CeleriacCommand.app(logLevel: .warning).makeDefault()
        let summary = try await Texts.summary(text, first: first)
        print("\(summary.words) words, the longest is \"\(summary.longest ?? "")\"; it starts: \(summary.start)")
    }
}
