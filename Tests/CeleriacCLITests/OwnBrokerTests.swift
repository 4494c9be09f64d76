import ArgumentParser
import Celeriac
import Configuration
import Foundation
import Logging
import Testing

@testable import CeleriacCLI

@Suite("the broker of a program with tasks of its own")
struct OwnBrokerTests {
    private struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "serve")
        @Option(name: .shortAndLong) var bind = ""
    }

    /// Runs a command of a program whose app reads its configuration, which is empty here.
    private func run(_ arguments: String...) async -> CommandLineUnderTest.Outcome {
        await run(arguments) { logger in
            try TaskApp(
                configuration: ConfigReader(provider: InMemoryProvider(values: [:])), fallback: "memory://fallback",
                schemes: [], options: AppOptions(defaultQueue: "mail", discoversTasks: false), logger: logger)
        }
    }

    private func run(
        _ arguments: [String], app: @escaping @Sendable (Logger) throws -> TaskApp
    ) async -> CommandLineUnderTest.Outcome {
        let given = BrokerArguments(arguments)
        var session = CommandSession(makeApp: app)
        session.given = given
        session.environment = InMemoryProvider(values: [:])
        return await CommandLineUnderTest.run(given.rest, in: session)
    }

    @Test("-b names the broker of a program's own executable, as of celeriac")
    func takesBroker() async throws {
        #expect(try await run("report", "--json").json["broker"] == "memory://fallback")
        #expect(try await run("report", "--json", "-b", "memory://other").json["broker"] == "memory://other")
        let both = await run("--broker=memory://a", "report", "--json", "--result-backend", "memory://b")
        #expect(try both.json["broker"] == "memory://a" && both.json["result_backend"] == "memory://b")
    }

    @Test("-b is refused where the program chooses its broker itself")
    func refusesWithoutEffect() async {
        let outcome = await run(["queues", "-b", "memory://other"]) { _ in try TaskApp("memory://own", schemes: []) }
        #expect(outcome.exit == 78)
        #expect(outcome.err.contains("make its app with TaskApp(fallback:schemes:)"))
    }

    @Test(
        "a command of the program's own keeps its options",
        arguments: [
            (["serve", "-b", "0.0.0.0"], false), (["-b", "memory://", "queues"], true), (["queues"], true),
            (["-b", "0.0.0.0"], false), ([], false), (["control", "shutdown", "-b", "memory://"], true),
        ])
    func leavesOwnOptions(arguments: [String], isOurs: Bool) {
        #expect(BrokerArguments(arguments).isForCommand(of: [Serve.self]) == isOurs)
    }

    @Test("report shows versions, platform and the settings that differ from Celery's, and no password")
    func reports() async throws {
        let outcome = await run("report", "-b", "memory://ada:hunter2@host")
        #expect(outcome.exit == 0)
        for text in ["celeriac 0.", "Swift 6", "platform", "memory://", "task_default_queue", "mail"] {
            #expect(outcome.out.contains(text), "\(text)")
        }
        #expect(!outcome.out.contains("hunter2") && !outcome.out.contains("result_serializer"))
        let document = try await run("report", "--json").json
        #expect(document["settings"]?["task_default_queue"] == "mail" && document["version"] != nil)
    }

    @Test("list bindings says so where the broker lists none")
    func listsNoBindings() async {
        let outcome = await run("list", "bindings")
        #expect(outcome.exit == 78)
        #expect(outcome.err.contains("list no bindings"))
    }
}
