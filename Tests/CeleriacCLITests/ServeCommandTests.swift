import Celeriac
import CeleriacCore
import CeleriacWorker
import Synchronization
import Testing

@testable import CeleriacCLI

@Suite("the command serve")
struct ServeCommandTests {
    private func run(_ arguments: [String], _ line: CommandLineUnderTest) async -> (seen: [Bool], exit: Int32) {
        let seen = Guarded<[Bool]>([])
        let app = line.app
        var session = CommandSession { _ in app }
        session.serve = { served, worker in
            let current = try TaskApp.current
            #expect(served === app && current === app)
            seen.withLock { $0.append(worker != nil) }
        }
        let outcome = await CommandLineUnderTest.run(arguments, in: session)
        return (seen.withLock { $0 }, outcome.exit)
    }

    @Test(
        "it runs what the program gave, with a worker or without, and is what runs without a command",
        arguments: [([], true), (["serve"], true), (["serve", "--no-worker"], false), (["--no-worker"], false)])
    func served(arguments: [String], hasWorker: Bool) async throws {
        let end = await run(arguments, try CommandLineUnderTest())
        #expect(end.seen == [hasWorker])
        #expect(end.exit == 0)
    }

    @Test("its error is told, and the exit code is that of the error")
    func failing() async throws {
        var session = CommandSession { _ in throw CeleriacError(.noApp, "nothing here") }
        session.serve = { _, _ in }
        let outcome = await CommandLineUnderTest.run(["serve"], in: session)
        #expect(outcome.exit == 78)
        #expect(outcome.err == "Error: nothing here\n")
    }

    @Test("a program without one has no such command")
    func absent() async throws {
        #expect(await CommandLineUnderTest.run(["serve"]) { _ in throw CancellationError() }.exit == 64)
    }
}
