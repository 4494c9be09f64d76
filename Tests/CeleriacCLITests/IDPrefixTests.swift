import Celeriac
import CeleriacCore
import Testing

@testable import CeleriacCLI

@Suite("shortened ids")
struct IDPrefixTests {
    private static let first = "01a22a13-ad29-7dc2-bb44-f70c92229d81"
    private static let second = "01a22a13-ad8a-77ec-9dbf-edd5f027f3a0"

    /// Two command lines, each with two calls whose ids begin alike.
    private func lines() async throws -> [CommandLineUnderTest] {
        let lines = [try CommandLineUnderTest(), try CommandLineUnderTest(MemoryStore())]
        for line in lines {
            for id in [Self.first, Self.second] {
                try await line.app.send("tasks.add", args: [1, 2], options: CallOptions(id: TaskID(id)))
            }
        }
        return lines
    }

    @Test("result takes the beginning of an id, while the call waits and once it has ended")
    func results() async throws {
        for line in try await lines() {
            #expect(try await line.run("result", "01a22a13-ad2", "--json").json["id"] == .string(Self.first))
            try await line.drain()
            let outcome = await line.run("result", "01a22a13-ad8a-77")
            #expect(outcome.exit == 0)
            #expect(outcome.out.contains(Self.second) && outcome.out.contains("SUCCESS"))
        }
    }

    @Test("a beginning of several ids is refused with 64, and the ids are named", arguments: ["01a2", "01a22a13-ad"])
    func refusesAmbiguous(text: String) async throws {
        for line in try await lines() {
            for command in ["result", "revoke"] {
                let outcome = await line.run(command, text)
                #expect(outcome.exit == 64)
                #expect(outcome.err.contains("several ids begin with \(text): \(Self.first), \(Self.second)"))
            }
            #expect(try await line.app.queue("celery").count == 2, "nothing was revoked")
        }
    }

    @Test("revoke takes the beginning of an id")
    func revokes() async throws {
        for line in try await lines() {
            #expect(await line.run("revoke", "01a22a13-ad29").exit == 0)
            try await line.drain()
            #expect(await line.run("result", Self.first).out.contains("REVOKED"))
            #expect(await line.run("result", Self.second).out.contains("SUCCESS"))
        }
    }

    @Test("dead letters are shown, requeued and deleted by the beginnings of their ids")
    func deadLetters() async throws {
        let line = try CommandLineUnderTest(MemoryStore())
        for id in [Self.first, Self.second] {
            try await line.app.send("tasks.fail", options: CallOptions(id: TaskID(id)))
        }
        try await line.drain()
        #expect(await line.run("dead", "show", "01a22a13-ad2").out.contains(Self.first))
        #expect(
            try await line.run("dead", "requeue", "01a22a13-ad2", "--json").json["requeued"] == [.string(Self.first)])
        #expect(
            try await line.run("dead", "delete", "01a22a13-ad8", "--json").json["deleted"] == [.string(Self.second)])
    }

    @Test("remote control sends whole ids")
    func controls() async throws {
        let store = MemoryStore()
        let line = try CommandLineUnderTest(store)
        try await line.app.send("tasks.add", args: [1, 2], options: CallOptions(id: TaskID(Self.first)))
        let node = ScriptedNode("w1@box")
        try await ScriptedNode.listening([node], to: store) {
            for words in [
                ["control", "revoke", "01a22a13"], ["control", "terminate", "SIGTERM", "01a22a13"],
                ["inspect", "query_task", "01a22a13"],
            ] {
                #expect(await line.run(words + ["-d", "w1@box", "-t", "60"]).exit == 0)
            }
        }
        let ids = node.commands.compactMap { $0.arguments["task_id"] ?? $0.arguments["ids"] }
        #expect(ids.count == 3)
        #expect(ids.allSatisfy { $0 == [.string(Self.first)] || $0 == .string(Self.first) }, "\(ids)")
    }

    @Test("an id of one's own is never taken for the beginning of another", arguments: ["order-1", "beef", "dead-1"])
    func keepsOwnIDs(id: String) async throws {
        for line in [try CommandLineUnderTest(), try CommandLineUnderTest(MemoryStore())] {
            try await line.app.send("tasks.add", args: [1, 2], options: CallOptions(id: TaskID(id + "0")))
            #expect(try await line.run("revoke", id, "--json").json["revoked"] == [.string(id)])
            #expect(try await line.app.queue("celery").count == 1, "the other call still waits")
        }
    }

    @Test("a whole id wins over longer ones that begin with it, and a beginning of nothing is taken as it is")
    func prefersWhole() async throws {
        let line = try CommandLineUnderTest(MemoryStore())
        for id in ["01a22a13", Self.first] {
            try await line.app.send("tasks.add", args: [1, 2], options: CallOptions(id: TaskID(id)))
        }
        #expect(try await line.run("result", "01a22a13", "--json").json["id"] == "01a22a13")
        #expect(await line.run("result", "feedbeef").err.contains("nothing is known about task feedbeef"))
    }
}
