import CeleriacCore
import Foundation
import TestKit
import Testing

extension Interop {
    @Suite("A real terminal", .timeLimit(.minutes(5)))
    struct RealTerminalTests {
        @Test("shows colours, unless NO_COLOR forbids it", arguments: [false, true])
        func colours(areForbidden: Bool) async throws {
            let shown = try await Shown(["queues"], environment: areForbidden ? ["NO_COLOR": "1"] : [:])
            #expect(shown.exit == 0)
            #expect(shown.output.contains("\u{1B}[") == !areForbidden, "\(shown.output)")
            #expect(shown.output.contains("celery"))
        }

        @Test("is cleared by --watch, and ^C ends it with a new line", arguments: [["queues"], ["inspect"]])
        func watch(words: [String]) async throws {
            let until = words == ["queues"] ? "celery" : "no workers"
            let shown = try await Shown(words + ["--watch"], until: until)
            #expect(shown.exit == 0)
            #expect(shown.output.hasPrefix("\u{1B}[H\u{1B}[2J"), "\(shown.output)")
            #expect(shown.output.hasSuffix("^C\r\n"), "\(shown.output)")
        }

        @Test("gets no table that is wider than it is", arguments: [40, 80])
        func width(columns: Int) async throws {
            let sent = try await Shown(["call", "tests.sample", "--queue", "a-queue-with-quite-a-long-name-of-its-own"])
            #expect(sent.exit == 0)
            let shown = try await Shown(
                ["queues"], columns: columns, environment: ["NO_COLOR": "1"], in: sent.scratch)
            let lines = shown.output.split(separator: "\r\n").prefix { !$0.hasPrefix("Note:") }
            #expect(lines.count >= 3 && lines.allSatisfy { $0.count <= columns }, "\(shown.output)")
        }
    }
}

/// What `celeriac …` shows on a terminal of its own, with a SQLite file as its broker.
private struct Shown {
    let scratch: Scratch
    let output: String
    let exit: Int

    init(
        _ words: [String], columns: Int = 80, until: String = "", environment: [String: String] = [:],
        in scratch: Scratch? = nil
    ) async throws {
        let folder = try scratch ?? Scratch()
        let script = Places.pythonSources.appending(path: "terminal.py").path
        let variables = [
            "CELERIAC_BROKER_URL": "sqlite:///\(folder.path("x.sqlite"))", "TERM": "xterm", "NO_COLOR": "",
        ]
        let run = try await Program.run(
            Places.python, [script, "\(columns)", until, builtProgram("celeriac").path] + words,
            environment: variables.merging(environment) { $1 })
        let told = try #require(try? JSONValue(parsing: run.out), "\(run.err)")
        output = try #require(told["output"]?.stringValue)
        exit = try #require(told["exit"]?.intValue)
        self.scratch = folder
    }
}
