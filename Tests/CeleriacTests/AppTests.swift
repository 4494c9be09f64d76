import Celeriac
import CeleriacTesting
import Configuration
import Foundation
import Testing

@Suite("The app")
struct AppTests {
    private struct One: TaskDefinition {
        let name: TaskName = "same"
        func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Int { 1 }
    }
    private struct Two: TaskDefinition {
        let name: TaskName = "same"
        func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Int { 2 }
    }

    @Test("two tasks of one name are an error that names both")
    func duplicates() throws {
        let error = #expect(throws: CeleriacError.self) {
            try makeApp { $0.tasks = [One(), Two()] }
        }
        #expect(error?.code == .duplicateTask)
        #expect(error?.message.contains("One") == true && error?.message.contains("Two") == true)
    }

    @Test("without an app, delay says how to make one; in a scope of use it takes that one")
    func current() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        let error = await #expect(throws: CeleriacError.self) { try await echo(1).delay() }
        #expect(error?.code == .noApp)
        let result = try await app.use { try await echo(1).delay() }
        #expect(try await result.state == .pending)
    }

    @Test("a URL names the backend; an unknown scheme names those that are known")
    func url() async throws {
        let app = try TaskApp("memory://", schemes: [])
        #expect(try await app.send("x").state == .pending)
        let error = #expect(throws: CeleriacError.self) {
            try TaskApp("redis://user:hunter2@localhost/0", schemes: [.memory])
        }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("memory") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("the environment configures broker, queue and expiry")
    func environment() throws {
        let reader = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: [
                "CELERIAC_BROKER_URL": "memory://", "CELERIAC_DEFAULT_QUEUE": "main", "CELERIAC_RESULT_EXPIRES": "60",
            ])
        )
        let app = try TaskApp(configuration: reader, schemes: [])
        #expect(app.options.defaultQueue == "main")
        #expect(app.options.resultExpiry == .seconds(60))
    }

    @Test("wrong configuration is an error that names the setting", arguments: ["soon", "-1", "1e99"])
    func wrongEnvironment(_ value: String) throws {
        let reader = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: [
                "CELERIAC_BROKER_URL": "memory://", "CELERIAC_RESULT_EXPIRES": value,
            ])
        )
        let error = #expect(throws: CeleriacError.self) { try TaskApp(configuration: reader, schemes: []) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("result.expires") == true)
    }

    @Test("without a broker in the configuration the error says what to set")
    func noBroker() throws {
        let reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: [:]))
        let error = #expect(throws: CeleriacError.self) { try TaskApp(configuration: reader, schemes: []) }
        #expect(error?.message.contains("CELERIAC_BROKER_URL") == true)
    }

    @Test("a call is prepared without being sent, and runs once its publication is made")
    func prepare() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        let call = try await app.prepare(echo(4))
        #expect(try await call.result.state == .unknown)
        try await app.broker.publish([call.publication])
        _ = try await drain(app)
        #expect(try await call.result.get() == 4)
    }

    @Test("many calls are sent all or none")
    func manyOrNone() async throws {
        let app = try makeApp { $0.limits.bodyBytes = 2000 }
        let echo = try app.task("echo") { (text: String) in text }
        let calls = [echo("small"), echo(String(repeating: "x", count: 4000))]
        await #expect(throws: CeleriacError.self) { try await app.send(calls) }
        #expect(try await app.broker.counts(of: .default).ready == 0)
    }
}
