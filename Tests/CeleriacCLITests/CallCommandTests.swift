import Celeriac
import Testing

@testable import CeleriacCLI

@Suite("call")
struct CallCommandTests {
    let line: CommandLineUnderTest

    init() throws { line = try CommandLineUnderTest() }

    @Test("prints the id of the call, and nothing else")
    func printsID() async throws {
        let outcome = await line.run("call", "tasks.add", "2", "3", "--id", "sum-1")
        #expect(outcome.exit == 0)
        #expect(outcome.out == "sum-1\n")
        #expect(outcome.err == "")
        try await line.drain()
        #expect(try await line.app.result(of: "sum-1", as: Int.self).value == 5)
    }

    @Test(
        "takes an argument as JSON where it is JSON, else as text",
        arguments: [
            ("2", 2), ("2.5", 2.5), ("true", true), ("null", nil), ("[1,\"a\"]", [1, "a"]), ("\"2\"", "2"),
            ("ada@example.com", "ada@example.com"), ("NaN", "NaN"), ("{half", "{half"), ("", ""),
        ] as [(String, JSONValue)]
    )
    func readsArguments(text: String, value: JSONValue) async throws {
        let id = await line.run("call", "tasks.echo", "--json", text)
        try await line.drain()
        let result = try await line.run("result", "--json", #require(id.json["id"]?.stringValue))
        #expect(try result.json["result"] == value)
    }

    @Test("takes what starts with a dash behind two dashes")
    func takesNegativeNumbers() async throws {
        #expect(await line.run("call", "tasks.add", "--id", "minus", "--", "-2", "-3").exit == 0)
        try await line.drain()
        #expect(try await line.app.result(of: "minus", as: Int.self).value == -5)
    }

    @Test("takes named arguments as a JSON object")
    func takesKeywords() async throws {
        #expect(await line.run("call", "tasks.echo", "--kwargs", #"{"0": [7]}"#, "--id", "named").exit == 0)
        try await line.drain()
        #expect(try await line.app.result(of: "named", as: JSONValue.self).value == [7])
    }

    @Test("waits for the result and prints it")
    func waits() async throws {
        async let outcome = line.run("call", "tasks.add", "2", "3", "--wait", "60")
        try await Worker(line.app, options: WorkerOptions(maxTasks: 1)).run()
        #expect(await outcome.exit == 0)
        #expect(await outcome.out == "5\n")
    }

    @Test("exits with 1 and the reason where the task it waits for fails")
    func waitsForFailure() async throws {
        async let outcome = line.run("call", "tasks.fail", "--wait", "60")
        try await Worker(line.app, options: WorkerOptions(maxTasks: 1)).run()
        #expect(await outcome.exit == 1)
        #expect(await outcome.err.contains("ended as FAILURE: CommandLineUnderTest.Mishap: it went wrong"))
    }

    @Test("exits with 4 where the task does not end in time")
    func timesOut() async throws {
        let outcome = await line.run("call", "tasks.add", "2", "3", "--id", "slow", "--wait", "1ms")
        #expect(outcome.exit == 4)
        #expect(outcome.err.hasPrefix("Error: task slow has not ended after"))
    }

    @Test("sends a call of a task that lives elsewhere, and says so")
    func notesUnknownTask() async throws {
        let outcome = await line.run("call", "tasks.elsewhere")
        #expect(outcome.exit == 0)
        #expect(outcome.err.contains("no task \"tasks.elsewhere\" (it has tasks.add, tasks.echo, tasks.fail)"))
        #expect(try await line.app.queue("celery").count == 1)
    }

    @Test("keeps a call with a countdown or an eta for later")
    func delays() async throws {
        #expect(await line.run("call", "tasks.add", "1", "1", "--countdown", "5m").exit == 0)
        #expect(await line.run("call", "tasks.add", "1", "1", "--eta", "2h", "--queue", "sums").exit == 0)
        #expect(try await line.app.queue("celery").counts.delayed == 1)
        #expect(try await line.app.queue("sums").counts.delayed == 1)
    }

    @Test(
        "refuses wrong uses with 64 and a text that says what was expected",
        arguments: [
            (["call"], "Missing expected argument '<name>'"),
            (["call", "t", "--countdown", "5m", "--eta", "1h"], "--countdown and --eta cannot be combined"),
            (["call", "t", "--countdown", "soon"], "such as 30, 250ms, 5m,"),
            (["call", "t", "--eta", "tomorrow"], "such as 2027-01-31T08:00:00Z"),
            (["call", "t", "--priority", "10"], "--priority must be from 0 to 9, not 10"),
            (["call", "t", "--kwargs", "[1]"], "a JSON object"),
            (["call", "t", "--queue", ""], "is not a queue name"),
            (["call", "t", "--queue", "celeriac.leases:celery"], "is not a queue name: Celeriac's own keys"),
            (["call", "a\u{1B}[31mb"], "no control characters"),
        ]
    )
    func refuses(arguments: [String], text: String) async {
        let app = line.app
        let outcome = await CommandLineUnderTest.run(arguments) { _ in app }
        #expect(outcome.exit == 64)
        #expect(outcome.out == "")
        #expect(outcome.err.contains(text))
    }
}
