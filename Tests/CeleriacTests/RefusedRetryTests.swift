import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Logging
import Testing

/// A broker that does not keep results, and cannot store the message of a call's next attempt.
@Suite("A next attempt that the broker does not take")
struct RefusedRetryTests {
    private let time = ManualTime()
    private let store: MemoryStore
    private let results: MemoryStore
    private let broker: FlakyBroker<PlainBroker>
    private let app: TaskApp
    private let runs = Journal<String>()

    init() throws {
        store = MemoryStore(time: time)
        results = MemoryStore(time: time)
        broker = FlakyBroker(PlainBroker(store), time: time)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        app = try TaskApp(
            Backend(broker: broker, results: results), options: AppOptions(discoversTasks: false),
            time: time, logger: logger)
    }

    private typealias Flaky = ClosureTask<Int, String>

    /// A task that fails once, and asks for another attempt.
    private func flaky(acks: TaskOptions.Acknowledgement = .late, ignoresResult: Bool = false) throws -> Flaky {
        try app.task(
            "flaky",
            options: TaskOptions(retry: .fixed(.zero, maxRetries: 3), ignoreResult: ignoresResult, acks: acks)
        ) { [runs] (name: String) throws -> Int in
            runs.write(name)
            guard (TaskContext.current?.attempt ?? 0) > 1 else { throw Hiccup() }
            return 1
        }
    }

    private let refusal = BrokerError(.refused, "too large for a frame")

    @Test("for good: the call fails with the reason, its errback is called, and others of its batch end as they did")
    func forGood() async throws {
        let (flaky, good) = (try flaky(), try app.task("good") { (n: Int) in n })
        let note = try app.task("note") { [runs] (id: String) in
            runs.write("note")
            return id
        }
        broker.inject(.refusedRetries(refusal), into: .settle, times: 1)
        let result = try await app.send(flaky("x").linkError(note.then(after: String.self)))
        let others = try await app.send((0..<5).map { good($0) })
        let statistics = try await drain(app)
        #expect(try await result.failure().message.contains("too large for a frame"))
        for (number, other) in others.enumerated() { #expect(try await other.get() == number) }
        #expect(runs.entries == ["x", "note"])
        #expect(statistics.leasesLost == 0 && statistics.failed == 1)
        #expect(try await store.counts(of: .default).ready == 0)
    }

    @Test("for good, and its result is ignored: it becomes a dead letter, and does not come back")
    func unrecorded() async throws {
        let flaky = try flaky(ignoresResult: true)
        broker.inject(.refusedRetries(refusal), into: .settle, times: 1)
        try await app.send(flaky("x"))
        _ = try await drain(app)
        #expect(runs.entries == ["x"])
        #expect(try await store.counts(of: .default) == QueueCounts())
        #expect(try await results.deadLetters(in: nil, after: nil, limit: 9).map(\.reason.isEmpty) == [false])
    }

    @Test("for now: it is tried again, the task is not run twice, and nothing counts as lost")
    func forNow() async throws {
        let (flaky, good) = (try flaky(), try app.task("good") { (n: Int) in n })
        broker.inject(.refusedRetries(BrokerError(.connectionLost, "cut")), into: .settle, times: 2)
        let result = try await app.send(flaky("x"))
        let others = try await app.send((0..<5).map { good($0) })
        try await withWorker(app) { worker in
            while worker.statistics.succeeded < 6 { await time.advance(by: .milliseconds(100)) }
            #expect(worker.statistics.leasesLost == 0)
        }
        #expect(try await result.get() == 1)
        for (number, other) in others.enumerated() { #expect(try await other.get() == number) }
        #expect(runs.entries == ["x", "x"])
    }

    @Test("of calls that were acknowledged before they ran: each that is refused fails, and the others go on")
    func early() async throws {
        let flaky = try flaky(acks: .early)
        let results = try await app.send(["x", "y", "z"].map { flaky($0) })
        // The three together, and then the first of them alone.
        broker.inject(.failure(refusal), into: .publish, times: 2)
        _ = try await drain(app, WorkerOptions(concurrency: 3))
        var failures = 0
        for result in results {
            do { #expect(try await result.get() == 1) } catch let failure as TaskFailure {
                #expect(failure.message.contains("too large for a frame"))
                failures += 1
            }
        }
        #expect((1...2).contains(failures))
        #expect(runs.entries.count == 6 - failures)
    }
}
