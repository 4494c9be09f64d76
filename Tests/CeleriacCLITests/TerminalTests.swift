import ArgumentParser
import Celeriac
import CeleriacCore
import Synchronization
import Testing
import UnixSignals

@testable import CeleriacCLI

@Suite("terminals")
struct TerminalTests {
    private struct Enough: Error {}

    /// What a terminal received on both of its streams.
    private final class Screen: Sendable {
        private let content = Guarded("")
        var text: String { content.withLock { $0 } }

        func terminal(width: Int? = nil, overwrites: Bool = false) -> Terminal {
            let write: @Sendable (String) -> Void = { text in self.content.withLock { $0 += text } }
            return Terminal(
                write: write, writeError: write, readLine: { nil }, width: width, canAsk: false, overwrites: overwrites)
        }
    }

    @Test("colours are for terminals that show them, and NO_COLOR is obeyed")
    func colours() {
        #expect(Style.isWanted(isTerminal: true, [:]))
        #expect(Style.isWanted(isTerminal: true, ["NO_COLOR": "", "TERM": "xterm-256color"]))
        #expect(!Style.isWanted(isTerminal: false, [:]))
        #expect(!Style.isWanted(isTerminal: true, ["NO_COLOR": "1"]))
        #expect(!Style.isWanted(isTerminal: true, ["TERM": "dumb"]))
    }

    @Test("colours change nothing but colours")
    func paints() {
        var table = Table(.text("QUEUE"), .whole("SERVED") { $0 == "no" ? .red : nil })
        table.add("mail", "no")
        table.add("news", "yes")
        let plain = table.lines(width: 80)
        let coloured = table.lines(width: 80, isColoured: true)
        #expect(coloured[1] == "mail   \u{1B}[31mno\u{1B}[0m")
        #expect(coloured[0].hasPrefix("\u{1B}[1mQUEUE\u{1B}[0m"))
        #expect(coloured.map { $0.replacing(#/\u{1B}\[\d+m/#, with: "") } == plain)
    }

    @Test("no command writes an escape sequence where there is no terminal")
    func isPlain() async throws {
        let line = try CommandLineUnderTest()
        try await line.app.send("tasks.fail", options: CallOptions(id: "bad"))
        try await line.drain()
        for words in [
            ["queues"], ["result", "bad"], ["dead", "list"], ["result", "nobody"], ["queues", "--watch=x"],
        ] {
            let outcome = await line.run(words)
            #expect(!(outcome.out + outcome.err).contains("\u{1B}"), "\(words)")
        }
    }

    @Test("an error stands out on a terminal with colours")
    func paintsErrors() {
        let screen = Screen()
        var terminal = screen.terminal()
        terminal.isErrorColoured = true
        terminal.error("it broke")
        #expect(screen.text == "\u{1B}[31mError:\u{1B}[0m it broke\n")
    }

    @Test("^C on a terminal is followed by a new line; other signals and other outputs get none")
    func endsLine() {
        for (signal, overwrites, text) in [
            (UnixSignal.sigint, true, "\n"), (.sigterm, true, ""), (.sigint, false, ""),
        ] {
            let screen = Screen()
            screen.terminal(overwrites: overwrites).endLine(after: signal)
            #expect(screen.text == text)
        }
    }

    /// Watches until the third look, whose error ends it.
    private func watch(_ terminal: Terminal, keepsHistory: Bool = false) async throws {
        let line = try CommandLineUnderTest(MemoryStore())
        let watching = try WatchOptions.parse(["--watch", "--interval", "10ms"])
        let looks = Guarded(0)
        await #expect(throws: CeleriacError.self) {
            try await watching.run(line.app, terminal, keepsHistory: keepsHistory) { screen in
                let look = looks.withLock {
                    $0 += 1
                    return $0
                }
                screen.print("look \(look)")
                if look == 2 { throw BrokerError(.unreachable, "the server is away") }
                if look == 3 { throw CeleriacError(.unsupported, "that cannot be shown") }
            }
        }
    }

    @Test("--watch clears a terminal before each look, and survives a server that is away")
    func watches() async throws {
        let screen = Screen()
        try await watch(screen.terminal(width: 80))
        let clear = "\u{1B}[H\u{1B}[2J"
        #expect(screen.text.hasPrefix("\(clear)look 1\n\(clear)look 2\nNote: "))
        #expect(screen.text.contains("the server is away"))
    }

    @Test("--watch clears nothing where the output is no terminal, or JSON", arguments: [nil, 80])
    func keepsHistory(width: Int?) async throws {
        let screen = Screen()
        try await watch(screen.terminal(width: width), keepsHistory: width != nil)
        #expect(screen.text.hasPrefix("look 1\nlook 2\nNote: ") && !screen.text.contains("\u{1B}"))
    }

    @Test("queues and inspect can be watched, with an interval that is not too short")
    func takesWatch() async throws {
        let line = try CommandLineUnderTest(MemoryStore())
        for command in ["queues", "inspect"] {
            let outcome = await line.run(command, "--watch", "--interval", "1ms")
            #expect(outcome.exit == 64)
            #expect(outcome.err.contains("--interval must be at least 10ms"))
        }
    }
}
