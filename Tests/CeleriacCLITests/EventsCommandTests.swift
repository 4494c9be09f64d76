import Celeriac
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("events")
struct EventsCommandTests {
    let line: CommandLineUnderTest
    let store = MemoryStore()

    init() throws { line = try CommandLineUnderTest(store) }

    private func event(_ kind: MonitorEvent.Kind, _ fields: JSONObject) -> MonitorEvent {
        MonitorEvent(
            kind, from: "w1@box", pid: 7, clock: 12, at: Date(timeIntervalSince1970: 1_795_335_510.25), fields: fields)
    }

    private var life: [MonitorEvent] {
        [
            event("worker-online", ["sw_ident": "py-celery", "active": 0]),
            event("task-received", ["uuid": "one", "name": "tasks.add", "args": "(2, 2)", "eta": nil]),
            event("task-succeeded", ["uuid": "one", "result": "4", "runtime": 0.5]),
            event("task-failed", ["uuid": "two\nforged", "exception": "E('a\nb\u{1B}[2J')"]),
        ]
    }

    /// Runs the command, and sends the events once it listens.
    private func watch(_ arguments: String...) async throws -> CommandLineUnderTest.Outcome {
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        async let outcome = line.run(["events"] + arguments) { if $0.hasPrefix("Listening") { signal.finish() } }
        for await _ in ready {}
        try await store.emit(life)
        return await outcome
    }

    @Test("shows one line an event, with the task that an earlier event named")
    func showsLines() async throws {
        let outcome = try await watch("--limit", "4")
        #expect(outcome.exit == 0)
        let lines = outcome.out.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasSuffix("worker-online     w1@box  active=0"))
        #expect(lines[1].hasSuffix("task-received     w1@box  tasks.add[one]  args=(2, 2)"))
        #expect(lines[2].hasSuffix("task-succeeded    w1@box  tasks.add[one]  result=4 runtime=0.5"))
        #expect(lines[3].hasSuffix(#"task-failed       w1@box  ?[two\nforged]  exception=E('a\nb\u{1b}[2J')"#))
    }

    @Test("prints one JSON object a line for programs")
    func printsJSON() async throws {
        let lines = try await watch("--limit", "2", "--json").out.split(separator: "\n")
        #expect(lines.count == 2)
        let received = try JSONValue(parsing: String(lines[1]))
        #expect(received["kind"] == "task-received" && received["node"] == "w1@box" && received["pid"] == 7)
        #expect(received["task_id"] == "one" && received["at"] == "2026-11-22T08:18:30.250Z")
        #expect(received["fields"]?["args"] == "(2, 2)")
    }

    @Test("dumps every field of an event")
    func dumps() async throws {
        let outcome = try await watch("--limit", "1", "--dump")
        #expect(outcome.out.contains("worker-online\n    node: w1@box\n    pid: 7\n    clock: 12\n    active: 0\n"))
        #expect(outcome.out.contains("    sw_ident: py-celery\n"))
    }

    @Test("shows only the kinds that were asked for", arguments: [("task-failed", 1), ("task-*", 3)])
    func selects(kinds: String, count: Int) async throws {
        let outcome = try await watch("--only", kinds, "--limit", "\(count)")
        #expect(outcome.out.split(separator: "\n").count == count)
        #expect(!outcome.out.contains("worker-online"))
    }

    @Test("ends after its duration, with 0")
    func endsInTime() async {
        #expect(await line.run("events", "--duration", "1ms").exit == 0)
    }

    @Test("tells the workers to send events first, if it is asked to")
    func enables() async throws {
        let node = ScriptedNode("w1@box")
        try await ScriptedNode.listening([node], to: store) {
            _ = try await watch("--limit", "1", "--enable")
            // What was told before this was heard.
            #expect(await line.run("status").exit == 0)
        }
        #expect(node.commands.first?.name == "enable_events")
    }

    @Test("of very many calls the names of the oldest are forgotten")
    func forgetsNames() {
        var names = CallNames(limit: 4)
        for id in 1...5 { names.learn(from: event("task-received", ["uuid": .string("\(id)"), "name": "t"])) }
        #expect(names["1"] == nil && names["2"] == nil)
        #expect(names["3"] == "t" && names["5"] == "t")
    }
}
