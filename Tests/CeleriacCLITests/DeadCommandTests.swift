import Celeriac
import Testing

@testable import CeleriacCLI

@Suite("dead")
struct DeadCommandTests {
    let line: CommandLineUnderTest

    init() async throws {
        line = try CommandLineUnderTest()
        for id: TaskID in ["one", "two"] { try await line.app.send("tasks.fail", options: CallOptions(id: id)) }
        try await line.app.send("tasks.add", args: ["secret"], options: CallOptions(id: "wrong"))
        try await line.drain()
    }

    private var dead: Int? { get async throws { try await line.app.queue("celery").counts.dead } }

    @Test("list shows ids, tasks and reasons, but no arguments")
    func lists() async throws {
        let text = await line.run("dead", "list").out
        #expect(text.split(separator: "\n").count == 4)
        #expect(text.contains("tasks.fail"))
        #expect(text.contains("Mishap: it went wrong"))
        #expect(!text.contains("secret"))
        let document = await line.run("dead", "list", "--json")
        #expect(try document.json.arrayValue?.count == 3)
        #expect(!document.out.contains("secret"))
    }

    @Test("list is what dead does by itself, page by page")
    func pages() async throws {
        let outcome = await line.run("dead", "--limit", "2", "--json")
        #expect(try outcome.json.arrayValue?.count == 2)
        let note = await line.run("dead", "--limit", "2").err
        let cursor = try #require(note.split(separator: "'").dropFirst().first.map(String.init))
        #expect(note == "There may be more: --after '\(cursor)'.\n")
        let rest = await line.run("dead", "--after", cursor, "--json")
        #expect(try rest.json.arrayValue?.count == 1)
        #expect(rest.err.isEmpty)
    }

    @Test("show shows one with its arguments")
    func shows() async throws {
        #expect(try await line.run("dead", "show", "wrong", "--json").json["body"]?[0] == ["secret"])
        #expect(await line.run("dead", "show", "wrong").out.contains("secret"))
        #expect(await line.run("dead", "show", "three").exit == 3)
    }

    @Test("requeue puts some back as first attempts")
    func requeues() async throws {
        let outcome = await line.run("dead", "requeue", "one", "two")
        #expect(outcome.exit == 0)
        #expect(outcome.out == "requeued 2 dead letters\n")
        #expect(try await dead == 1)
        #expect(try await line.app.queue("celery").count == 2)
    }

    @Test("requeue does what it can and names those that are not there")
    func namesMissing() async throws {
        let outcome = await line.run("dead", "requeue", "one", "three", "--json")
        #expect(outcome.exit == 3)
        #expect(try outcome.json == ["requeued": ["one"], "missing": ["three"]])
        #expect(outcome.err == "Error: there is no dead letter three\n")
    }

    @Test("delete takes some away, or all with --all")
    func deletes() async throws {
        #expect(await line.run("dead", "delete", "one").out == "deleted 1 dead letter\n")
        #expect(try await dead == 2)
        #expect(await line.run("dead", "delete", "--all").exit == 64)
        #expect(try await dead == 2)
        #expect(await line.run("dead", "delete", "--all", "--force").out == "deleted 2 dead letters\n")
        #expect(try await dead == 0)
        #expect(await line.run("dead", "list").err == "no dead letters\n")
    }

    @Test("--all asks the person at the terminal, and can be kept to a queue")
    func allOfQueue() async throws {
        #expect(await line.run("dead", "requeue", "--all", "--queue", "other", answer: "y").exit == 3)
        let outcome = await line.run("dead", "requeue", "--all", "--queue", "celery", answer: "y")
        #expect(outcome.err == "Requeue 3 dead letters? [y/N] ")
        #expect(outcome.exit == 0)
        #expect(try await dead == 0)
    }

    @Test(
        "refuses wrong uses with 64",
        arguments: [
            (["dead", "requeue"], "give either ids or --all"),
            (["dead", "delete", "one", "--all"], "give either ids or --all"),
            (["dead", "delete", "one", "--queue", "celery"], "--queue requires --all"),
            (["dead", "list", "--limit", "0"], "--limit must be from 1 to 10000"),
        ]
    )
    func refuses(arguments: [String], text: String) async {
        let app = line.app
        let outcome = await CommandLineUnderTest.run(arguments) { _ in app }
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains(text))
    }
}
