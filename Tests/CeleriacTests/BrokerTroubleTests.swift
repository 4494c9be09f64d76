import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Logging
import Testing

/// What a worker does while its broker is away, slow, or of two minds.
@Suite("A broker in trouble")
struct BrokerTroubleTests {
    private func makeFlaky(_ time: ManualTime) throws -> (TaskApp, FlakyBroker<MemoryStore>) {
        let flaky = FlakyBroker(MemoryStore(time: time), time: time)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let backend = Backend(broker: flaky, results: flaky)
        return (try TaskApp(backend, options: AppOptions(discoversTasks: false), time: time, logger: logger), flaky)
    }

    @Test("a publish that the broker refuses is an error of the caller, and nothing is enqueued")
    func publishFails() async throws {
        let time = ManualTime()
        let (app, flaky) = try makeFlaky(time)
        let echo = try app.task("echo") { (n: Int) in n }
        flaky.inject(.connectionLost, into: .publish, times: 1)
        let error = await #expect(throws: BrokerError.self) { try await app.send(echo(1)) }
        #expect(error?.code == .connectionLost)
        #expect(try await app.broker.counts(of: .default).ready == 0)
    }

    /// What a broker may answer for a while: it is away, it is slow, it is full, or it is not the primary any longer.
    private static let passing: [BrokerError.Code] = [
        .connectionLost, .deadlineExceeded, .busy, .unreachable, .full, .readOnly,
    ]

    @Test("a worker whose claims fail goes on once the broker is back", arguments: passing)
    func claimFails(code: BrokerError.Code) async throws {
        let time = ManualTime()
        let (app, flaky) = try makeFlaky(time)
        let echo = try app.task("echo") { (n: Int) in n }
        let result = try await app.send(echo(7))
        flaky.inject(.failure(BrokerError(code, "by the test")), into: .claim, times: 3)
        try await withWorker(app) { _ in
            async let value = result.get()
            while flaky.calls(of: .claim) < 4 {
                await time.advance(by: .milliseconds(100))
            }
            let got = try await value
            #expect(got == 7)
        }
    }

    @Test("an end that cannot be settled at first is settled later, and the task runs once", arguments: passing)
    func settleFails(code: BrokerError.Code) async throws {
        let time = ManualTime()
        let (app, flaky) = try makeFlaky(time)
        let runs = Journal<Int>()
        let echo = try app.task("echo") { (n: Int) in
            runs.write(n)
            return n
        }
        let fault = Fault.failure(BrokerError(code, "by the test"))
        flaky.inject(fault, into: .complete, times: 2)
        flaky.inject(fault, into: .settle, times: 2)
        let result = try await app.send(echo(7))
        try await withWorker(app) { worker in
            while worker.statistics.succeeded == 0 { await time.advance(by: .milliseconds(100)) }
        }
        #expect(try await result.get() == 7)
        #expect(runs.entries == [7])
        #expect(try await app.broker.counts(of: .default) == QueueCounts())
    }

    @Test("a task is not trusted beyond its lease when renewals fail: it is cancelled, and runs again elsewhere")
    func renewalFails() async throws {
        let time = ManualTime()
        let (app, flaky) = try makeFlaky(time)
        let cancelled = Journal<Int>()
        let never = Gate()
        let task = try app.task("long") { (n: Int) in
            do { try await never.wait() } catch {
                cancelled.write(TaskContext.current?.deliveryCount ?? 0)
                throw error
            }
            return n
        }
        let result = try await app.send(task(1))
        try await withWorker(app, WorkerOptions(concurrency: 1, lease: .seconds(30))) { worker in
            try await result.reaches(.started)
            flaky.inject(.connectionLost, into: .extendLeases, times: 10)
            while worker.statistics.leasesLost == 0 { await time.advance(by: .seconds(1)) }
            #expect(cancelled.entries == [1])
            flaky.heal()
            never.open()
            while try await result.state != .success { await time.advance(by: .seconds(1)) }
        }
        #expect(try await result.get() == 1)
    }

    /// A broker and a result store that know nothing of each other.
    private func makeApart(_ time: ManualTime) throws -> (TaskApp, FlakyBroker<MemoryStore>, Journal<String>) {
        let results = FlakyBroker(MemoryStore(time: time), time: time)
        let log = Journal<String>()
        let backend = Backend(broker: PlainBroker(MemoryStore(time: time)), results: results)
        let app = try TaskApp(
            backend, options: AppOptions(discoversTasks: false), time: time,
            logger: Logger(label: "test") { _ in WarningLog(log) })
        return (app, results, log)
    }

    @Test("a result store that fails after the publish takes no handle from the caller, and is logged")
    func recordFails() async throws {
        let time = ManualTime()
        let (app, results, log) = try makeApart(time)
        let echo = try app.task("echo") { (n: Int) in n }
        results.inject(.connectionLost, into: .record, times: 4)
        let one = try await app.send(echo(1))
        let many = try await app.send([echo(2), echo(3)])
        let chained = try await app.send(chain(echo(4), echo.then(after: Int.self)))
        #expect(log.entries.count >= 3)
        #expect(try await app.broker.counts(of: .default).ready == 4)
        results.heal()
        _ = try await drain(app)
        #expect(try await one.get() == 1)
        #expect(try await many[1].get() == 3)
        #expect(try await chained.get() == 4)
    }

    @Test("a tick whose call cannot be recorded is published once")
    func tickRecordFails() async throws {
        let time = ManualTime()
        let store = MemoryStore(time: time)
        let results = FlakyBroker(MemoryStore(time: time), time: time)
        let app = try TaskApp(
            Backend(broker: store, results: results), options: AppOptions(discoversTasks: false), time: time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await app.timetable.put(.every(10))
        results.inject(.connectionLost, into: .record, times: 100)
        try await withBeats([app]) { try await time.pass(25) }
        #expect(try await app.ticks() == [10, 20])
    }
}
