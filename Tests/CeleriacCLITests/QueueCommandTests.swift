import Celeriac
import Testing

@testable import CeleriacCLI

@Suite("queues and purge")
struct QueueCommandTests {
    let line: CommandLineUnderTest

    init() throws { line = try CommandLineUnderTest() }

    private func fill() async throws {
        for _ in 0..<3 { try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(queue: "sums")) }
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(queue: "sums", countdown: .hours(1)))
    }

    @Test("queues shows a table with a line for each queue")
    func showsTable() async throws {
        try await fill()
        let lines = await line.run("queues").out.split(separator: "\n")
        // The last column is as wide as an age is long.
        #expect(
            lines.first?.split(separator: " ")
                == ["QUEUE", "READY", "DELAYED", "RUNNING", "DEAD", "OLDEST", "SERVED"])
        #expect(lines.contains { $0.hasPrefix("celery      0        0        0     0") })
        #expect(lines.contains { $0.hasPrefix("sums        3        1        0     0") })
    }

    @Test("queues prints a document with the numbers")
    func printsJSON() async throws {
        try await fill()
        let document = try await line.run("queues", "sums", "--json").json
        #expect(document.arrayValue?.count == 1)
        #expect(document[0]?["queue"] == "sums")
        #expect(document[0]?["ready"] == 3)
        #expect(document[0]?["delayed"] == 1)
        #expect(document[0]?["oldest"]?.doubleValue != nil)
    }

    @Test(
        "an unknown queue exits with 3 and names those there are",
        arguments: [["queues", "sum"], ["purge", "sum", "-f"]])
    func namesKnownQueues(arguments: [String]) async throws {
        try await fill()
        let app = line.app
        let outcome = await CommandLineUnderTest.run(arguments) { _ in app }
        #expect(outcome.exit == 3)
        #expect(outcome.err == "Error: there is no queue \"sum\"; known queues: celery, sums\n")
    }

    @Test("purge deletes what waits when it is told so with --force")
    func purges() async throws {
        try await fill()
        let outcome = await line.run("purge", "sums", "--force", "--json")
        #expect(outcome.exit == 0)
        #expect(try outcome.json == ["deleted": 4, "queue": "sums"])
        #expect(try await line.app.queue("sums").counts.waiting == 0)
    }

    @Test("purge deletes nothing where nobody can be asked")
    func needsForce() async throws {
        try await fill()
        let outcome = await line.run("purge", "sums")
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains("confirm with --force"))
        #expect(try await line.app.queue("sums").counts.waiting == 4)
    }

    @Test("purge does what the person at the terminal answers", arguments: [("y", 0, 0), ("", 1, 4), ("no", 1, 4)])
    func asks(answer: String, exit: Int32, left: Int) async throws {
        try await fill()
        let outcome = await line.run("purge", "sums", answer: answer)
        #expect(outcome.err.hasPrefix("Delete the 4 calls that wait in queue \"sums\"? [y/N] "))
        #expect(outcome.exit == exit)
        #expect(try await line.app.queue("sums").counts.waiting == left)
    }

    @Test("pause stops claims from a queue, shows in the list, and resume ends it")
    func pauses() async throws {
        try await fill()
        let outcome = await line.run("pause", "sums", "--note", "too many", "--json")
        #expect(try outcome.json == ["queue": "sums", "paused": true])
        let pause = try #require(await line.app.backend.gate?.pausedQueues().first)
        #expect(pause.note == "too many" && !pause.actor.isEmpty)
        #expect(try await line.run("queues", "sums", "--json").json[0]?["paused"] == true)
        let row = await line.run("queues", "sums").out.split(separator: "\n").last
        #expect(row?.hasSuffix("paused") == true)
        #expect(await line.run("resume", "sums").out == "resumed queue \"sums\"\n")
        #expect(try await line.app.backend.gate?.pausedQueues() == [])
    }

    @Test("resume exits with 3 for a queue that is not paused")
    func resumesNothing() async throws {
        let outcome = await line.run("resume", "sums")
        #expect(outcome.exit == 3)
        #expect(outcome.err == "Error: queue \"sums\" is not paused\n")
    }

    @Test("pause refuses a name that no queue can have", arguments: ["", "unacked"])
    func pausesNoQueue(name: String) async throws {
        let outcome = await line.run("pause", name)
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains("is not a queue name"))
    }
}
