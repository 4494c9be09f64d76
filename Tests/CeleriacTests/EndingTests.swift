@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
import CeleriacMemory
import CeleriacPool
import CeleriacTesting
import Foundation
import Logging
import Testing

@Suite("Ends of attempts", .timeLimit(.minutes(15)))
struct EndingTests {
    private let time = ManualTime()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func attempt(_ id: TaskID = "a", exchange: String? = nil) -> Attempt {
        var envelope = Envelope(headers: MessageHeaders(id: id, task: "t"), body: Array("[[],{},null]".utf8))
        if let exchange {
            var properties = envelope.properties
            (properties.exchange, properties.routingKey) = (exchange, "key")
            envelope = Envelope(headers: envelope.headers, properties: properties, body: envelope.body)
        }
        let receipt = Receipt(message: Int64(id.rawValue.utf8.first ?? 0), token: 1, queue: "mail")
        return Attempt(
            Delivery(receipt: receipt, envelope: envelope, deliveryCount: 1, leaseDeadline: nil), claimedAt: time.now)
    }

    private func ending(of attempt: Attempt, _ outcome: Outcome, in app: TaskApp) async -> Ending {
        let maker = EndingMaker(
            app: app, worker: "w", messageRetries: 3, events: nil, canvas: CanvasRunner(app: app))
        return await maker.ending(of: attempt, Execution(outcome: outcome, task: app.registry["t"]))
    }

    private func appWithTask() throws -> TaskApp {
        let app = try makeApp(time: time)
        _ = try app.task("t", options: TaskOptions(retry: .fixed(.seconds(5), maxRetries: 3))) { true }
        return app
    }

    @Test("an ending holds what the store is to do and to record, and a completion is made of it")
    func completion() async throws {
        let ending = await ending(of: attempt(), .success([0x31]), in: try appWithTask())
        #expect(ending.settlement == .ack && ending.repetition == nil && ending.next == nil)
        #expect(ending.record?.state == .success && ending.record?.result == [0x31])
        let completion = try #require(Completion(ending))
        #expect(completion.receipt == ending.receipt && completion.settlement == .ack)
        #expect(completion.change == ending.record && completion.continuation.isEmpty)
    }

    @Test("an attempt that lost its lease ends with nothing to settle and nothing to record")
    func notOurs() async throws {
        let ending = await ending(of: attempt(), .leaseLost, in: try appWithTask())
        #expect(ending.settlement == nil && ending.record == nil)
        #expect(Completion(ending) == nil)
    }

    @Test("a call that was acknowledged before it ran settles nothing, and its retry is a message of its own")
    func acknowledged() async throws {
        let attempt = attempt(exchange: "topics")
        attempt.acknowledgement = .confirmed
        let failure = TaskFailure(type: "Hiccup", message: "hiccup")
        let ending = await ending(of: attempt, .failure(failure, .retry), in: try appWithTask())
        #expect(ending.settlement == nil && Completion(ending) == nil)
        let repetition = try #require(ending.repetition)
        #expect(repetition.queue == "mail" && repetition.envelope.retries == 1)
        #expect(repetition.notBefore == time.now.addingTimeInterval(5))
        #expect(repetition.envelope.properties.exchange == nil, "it goes to no other queue")
        #expect(ending.record?.state == .retry)
    }

    // MARK: Acknowledging before a call runs

    @Test("a call whose early acknowledgement fails is not started, and comes back uncounted")
    func acknowledgementFails() async throws {
        let flaky = FlakyBroker(MemoryStore(time: time), time: time)
        let app = try TaskApp(
            Backend(broker: flaky, results: flaky), options: AppOptions(discoversTasks: false), time: time,
            logger: logger)
        let runs = Journal<Int>()
        let task = try app.task("once", options: TaskOptions(acks: .early)) { (n: Int) in
            runs.write(TaskContext.current?.deliveryCount ?? 0)
            return n
        }
        flaky.inject(.connectionLost, into: .settle, times: 1)
        let result = try await app.send(task(5))
        let statistics = try await drain(app)
        #expect(try await result.get() == 5)
        #expect(runs.entries == [1])
        #expect(statistics.released == 1 && statistics.succeeded == 1)
        #expect(flaky.calls(of: .settle) == 2)
    }

    @Test("a call that was acknowledged runs even if its start cannot be recorded")
    func startFails() async throws {
        let results = FlakyBroker(MemoryStore(time: time), time: time)
        let app = try TaskApp(
            Backend(broker: PlainBroker(MemoryStore(time: time)), results: results),
            options: AppOptions(discoversTasks: false), time: time, logger: logger)
        let task = try app.task("once", options: TaskOptions(acks: .early)) { (n: Int) in n }
        let result = try await app.send(task(5))
        results.inject(.connectionLost, into: .record, times: 1)
        let statistics = try await drain(app)
        #expect(try await result.get() == 5)
        #expect(statistics.released == 0 && statistics.succeeded == 1)
    }

    @Test("a call that was acknowledged before it runs has no lease to lose")
    func noLease() async throws {
        let (early, late, slots) = (attempt("a"), attempt("b"), Slots(capacity: 2, clock: time))
        early.acknowledgement = .confirmed
        slots.take([early, late])
        // The store knows neither: what was acknowledged is gone, and what is unknown is lost.
        let store = MemoryStore(time: time)
        try await store.withConsumer(ConsumerTerms(["mail"], lease: .seconds(30))) { consumer in
            let keeper = LeaseKeeper(
                consumer: consumer, slots: slots, lease: .seconds(30), revocations: nil, time: time, logger: logger)
            let keeping = Task { await keeper.run() }
            while late.cancelReason == nil { await time.advance(by: .seconds(10)) }
            #expect(late.cancelReason == .leaseLost)
            #expect(early.cancelReason == nil)
            keeping.cancel()
            await keeping.value
        }
    }

    // MARK: The worker directory

    @Test("a worker's line tells the calls that run from those that it has reserved")
    func directory() async throws {
        let (running, reserved, slots) = (attempt("a"), attempt("b"), Slots(capacity: 2, clock: time))
        slots.take([running, reserved])
        running.start(at: time.now)
        let store = MemoryStore(time: time)
        let heartbeat = Heartbeat(
            directory: store, registry: try appWithTask().registry, name: "w", options: WorkerOptions(),
            queues: LiveQueues(.strict(["mail"])), startedAt: time.now, slots: slots, notice: EndNotice(),
            letters: nil, tally: EndTally(), time: time,
            logger: logger)
        let beating = Task { await heartbeat.run() }
        try await time.untilSleepers(1)
        let line = try #require(try await store.workers().first)
        #expect(line.active.map(\.id) == ["a"] && line.active.first?.startedAt == time.now)
        #expect(line.reserved.map(\.id) == ["b"] && line.reserved.first?.startedAt == nil)
        beating.cancel()
        await beating.value
    }
}
