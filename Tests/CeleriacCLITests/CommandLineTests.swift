import Celeriac
import CeleriacSQLite
import Testing

@testable import CeleriacCLI

@Suite("the command line")
struct CommandLineTests {
    @Test("a broker that cannot be reached exits with 69")
    func unreachable() async {
        let outcome = await CommandLineUnderTest.run(["queues"]) { _ in
            try TaskApp("sqlite:////no/such/folder/tasks.sqlite", schemes: [.sqlite])
        }
        #expect(outcome.exit == 69)
        #expect(outcome.err.hasPrefix("Error: "))
    }

    @Test("a wrong configuration exits with 78, and shows no secret")
    func wrongConfiguration() async {
        let outcome = await CommandLineUnderTest.run(["queues"]) { _ in
            try TaskApp("nobroker://ada:hunter2@host/path?key=hunter3", schemes: [.sqlite])
        }
        #expect(outcome.exit == 78)
        #expect(outcome.err.contains("nobroker://"))
        #expect(!outcome.err.contains("hunter"))
    }

    @Test("an unknown command exits with 64")
    func unknownCommand() async throws {
        let line = try CommandLineUnderTest()
        let outcome = await line.run("wrk")
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains("wrk"))
    }

    @Test("help lists the commands and the exit codes, with 0", arguments: [["--help"], ["help"], []])
    func help(arguments: [String]) async throws {
        let outcome = await CommandLineUnderTest.run(arguments) { _ in throw CancellationError() }
        #expect(outcome.exit == 0)
        for command in [
            "worker", "call", "result", "queues", "inspect", "purge", "dead", "revoke", "status", "control", "events",
            "stubs",
        ] {
            #expect(outcome.out.contains("  \(command) "))
        }
        #expect(outcome.out.contains("69 broker or result"))
    }

    @Test(
        "--version tells the program's version, and Celeriac's",
        arguments: [("", "test (celeriac "), ("1.2", "test 1.2 (celeriac ")])
    func version(version: String, text: String) async throws {
        var session = CommandSession { _ in throw CancellationError() }
        session.version = version
        let outcome = await CommandLineUnderTest.run(["--version"], in: session)
        #expect(outcome.exit == 0)
        #expect(outcome.out.hasPrefix(text))
        session.name = "celeriac"
        session.version = ""
        #expect(session.versionLine.hasPrefix("celeriac 0."))
    }

    @Test("a command of one's own gets the app within using, and elsewhere an error that says so")
    func givesApp() async throws {
        let app = try CommandLineUnderTest().app
        let given = try await CeleriacCommand.using({ _ in app }) { try CeleriacCommand.app() }
        #expect(given === app)
        let error = #expect(throws: CeleriacError.self) { try CeleriacCommand.app() }
        #expect(error?.code == .noApp)
    }
}
