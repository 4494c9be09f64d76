import Celeriac
import CeleriacSQLite
import Configuration
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("a command line without tasks")
struct AdministrationTests {
    private func run(
        _ arguments: [String], environment: [AbsoluteConfigKey: ConfigValue] = [:]
    ) async -> CommandLineUnderTest.Outcome {
        let given = BrokerArguments(arguments)
        let session = CommandSession(
            administering: [.sqlite], given, environment: InMemoryProvider(values: environment))
        return await CommandLineUnderTest.run(given.rest, in: session)
    }

    /// A broker of its own.
    private let broker = "memory://\(UUID().uuidString.lowercased())"

    @Test("takes the broker before and behind the command, short, long and with an equals sign")
    func takesBroker() async throws {
        #expect(await run(["-b", broker, "call", "tasks.add", "2", "--id", "one"]).out == "one\n")
        #expect(try await run(["queues", "-t", "1ms", "--json", "--broker", broker]).json[0]?["ready"] == 1)
        #expect(try await run(["queues", "-t", "1ms", "--broker=\(broker)", "--json"]).json[0]?["ready"] == 1)
    }

    @Test("takes the broker from the environment, and the argument before that")
    func takesEnvironment() async throws {
        let environment: [AbsoluteConfigKey: ConfigValue] = ["celeriac.broker.url": ConfigValue(stringLiteral: broker)]
        #expect(await run(["call", "tasks.add"], environment: environment).exit == 0)
        #expect(try await run(["queues", "-t", "1ms", "--json"], environment: environment).json[0]?["ready"] == 1)
        let other = await run(["queues", "-t", "1ms", "--json", "-b", "memory://other"], environment: environment)
        #expect(try other.json[0]?["ready"] == 0)
    }

    @Test("leaves what stands behind two dashes to the task")
    func leavesArguments() {
        let given = BrokerArguments(["call", "t", "-b", "memory://", "--", "-b", "--broker=x"])
        #expect(given.broker == "memory://")
        #expect(given.rest == ["call", "t", "--", "-b", "--broker=x"])
        #expect(BrokerArguments(["queues", "--result-backend", "memory://r"]).resultBackend == "memory://r")
    }

    @Test("says which setting is missing, and shows no password of a wrong one")
    func saysWhatIsWrong() async {
        let nothing = await run(["queues"])
        #expect(nothing.exit == 78)
        #expect(nothing.err.contains("CELERIAC_BROKER_URL"))
        let wrong = await run(["queues", "-b", "nobroker://ada:hunter2@host"])
        #expect(wrong.exit == 78)
        #expect(!wrong.err.contains("hunter2"))
        #expect(await run(["queues", "--broker"]).exit == 64)
    }

    @Test("has no worker, and tells of the broker in its help")
    func hasNoWorker() async {
        let help = await run(["--help"]).out
        #expect(help.contains("--broker (-b) URL"))
        #expect(help.contains("  status "))
        #expect(!help.contains("  worker "))
        #expect(await run(["worker", "-b", broker]).exit == 64)
    }

    @Test("sends calls of tasks that live elsewhere without remark")
    func sendsWithoutRemark() async {
        let file = FileManager.default.temporaryDirectory.appending(path: "celeriac-\(UUID().uuidString).sqlite")
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + end) } }
        #expect(await run(["call", "tasks.elsewhere", "-b", "sqlite:///\(file.path)"]).err == "")
    }

    @Test(
        "a change in a broker in memory is said to end with the process",
        arguments: [
            ["call", "tasks.add", "2"], ["beat", "add", "nightly", "--every", "1d", "--task", "tasks.add"],
        ])
    func notesMemory(arguments: [String]) async {
        let outcome = await run(arguments + ["-b", broker])
        #expect(outcome.exit == 0)
        #expect(outcome.err.contains("ends with this process, because a memory:// broker exists only within it"))
        #expect(outcome.err.contains("CELERIAC_BROKER_URL"))
    }
}
