import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

@Suite("Rate limits over all workers")
struct SharedRateLimitTests {
    /// Two workers at one broker, on its clock.
    private func withTwoWorkers(_ app: TaskApp, _ body: () async throws -> Void) async throws {
        try await withRemoteWorker(app, remoteOptions("a@host")) { (_: Worker) async throws in
            try await withRemoteWorker(app, remoteOptions("b@host")) { (_: Worker) async throws in try await body() }
        }
    }

    private func until(delayed: Int, in app: TaskApp) async throws {
        while try await app.broker.counts(of: .default).delayed != delayed { await Task.yield() }
    }

    @Test("a global limit spaces the starts of two workers as if they were one")
    func global() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let starts = Journal<Date>()
        let limited = try app.task("limited", options: TaskOptions(rateLimit: .global("6/m"))) { (n: Int) in
            starts.write(time.now)
            return n
        }
        try await withTwoWorkers(app) {
            var results: [AsyncResult<Int>] = []
            for n in 0..<4 { results.append(try await app.send(limited(n))) }
            try await until(delayed: 3, in: app)
            for ended in 1..<4 {
                await time.advance(by: .seconds(10))
                while starts.entries.count <= ended { await Task.yield() }
            }
            for result in results { _ = try await result.get() }
            let moments = starts.entries.map { $0.timeIntervalSince(ManualTime.epoch) }
            #expect(moments == [0, 10, 20, 30])
        }
    }

    @Test("a limit by argument spaces the starts for each of its values, however the argument is given")
    func byArgument() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        try app.register(Report())
        try await withTwoWorkers(app) {
            _ = try await app.send("report", kwargs: ["tenant": "acme"]).get()
            _ = try await app.send("report", kwargs: ["tenant": "beta"]).get()
            let second = try await app.send("report", args: ["acme"])
            try await until(delayed: 1, in: app)
            #expect(try await second.state == .pending)
            while try await second.state != .success { await time.advance(by: .minutes(1)) }
            #expect(time.now.timeIntervalSince(ManualTime.epoch) >= 3600)
        }
    }

    @Test("a worker whose stores cannot count for all refuses to start, and names the task")
    func incapable() async throws {
        let store = MemoryStore(time: ManualTime())
        let app = try TaskApp(
            Backend(broker: PlainBroker(store)), options: AppOptions(discoversTasks: false))
        _ = try app.task("limited", options: TaskOptions(rateLimit: .global("6/m"))) { (n: Int) in n }
        let error = await #expect(throws: CeleriacError.self) { try await Worker(app).run() }
        #expect(error?.code == .unsupported && error?.message.contains("\"limited\"") == true)
    }

    @Test("a limit by an argument that the task does not have is refused at the start")
    func unknownArgument() async throws {
        let app = try makeApp()
        _ = try app.task("limited", options: TaskOptions(rateLimit: .argument("tenant", "6/m"))) { (n: Int) in n }
        let error = await #expect(throws: CeleriacError.self) { try await Worker(app).run() }
        #expect(error?.code == .invalidConfiguration && error?.message.contains("\"tenant\"") == true)
    }

    @Test("a limit says over what it counts")
    func words() {
        #expect("\(RateLimit("10/m"))" == "10/m")
        #expect("\(RateLimit.global("10/m"))" == "10/m global")
        #expect("\(RateLimit.argument("tenant", "10/m"))" == "10/m per tenant")
        #expect(RateLimit.global("10/m").interval == .seconds(6))
    }
}

private struct Report: TaskDefinition {
    let name: TaskName = "report"
    let options = TaskOptions(rateLimit: .argument("tenant", "1/h"))
    let parameters: [TaskParameter]? = [
        TaskParameter("tenant", label: nil, type: "String", position: 0, hasDefault: false)
    ]

    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> String {
        try arguments.value("tenant", at: 0)
    }
}
