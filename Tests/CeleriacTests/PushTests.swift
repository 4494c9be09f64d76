import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Testing

@Suite("A broker that pushes")
struct PushTests {
    private let time = ManualTime()
    private let store: MemoryStore
    private let broker: PushDouble

    init() {
        store = MemoryStore(time: time)
        broker = PushDouble(store)
    }

    private func makeApp(results: (any ResultBackend)? = nil) throws -> TaskApp {
        try TaskApp(
            Backend(broker: broker, results: results), options: AppOptions(discoversTasks: false), time: time)
    }

    @Test("a worker opens its consumer for its queues, lease and slots", .timeLimit(.minutes(15)))
    func terms() async throws {
        let app = try makeApp()
        _ = try await drain(app, WorkerOptions(queues: ["a", "b"], concurrency: 3, lease: .seconds(40)))
        let terms = try #require(broker.terms.first)
        #expect(terms.queues == ["a", "b"])
        #expect(terms.lease == .seconds(40))
        #expect(terms.capacity == 3)
    }

    @Test("a consumer learns when remote control grows or shrinks the pool", .timeLimit(.minutes(15)))
    func grows() async throws {
        let app = try makeApp()
        try await withRemoteWorker(app) { (_: Worker) async throws in
            #expect(try await app.ask("pool_grow", ["n": 3]) == ["ok": "pool will grow"])
            #expect(try await app.ask("pool_shrink", ["n": 1]) == ["ok": "pool will shrink"])
        }
        #expect(broker.terms.map(\.capacity) == [2])
        #expect(broker.capacities == [5, 4])
    }

    @Test("a consumer learns when a worker scales itself", .timeLimit(.minutes(15)))
    func scales() async throws {
        let app = try makeApp(results: MemoryStore(time: time))
        let gate = Gate()
        let slow = try app.task("slow") { (n: Int) in
            try await gate.wait()
            return n
        }
        try await withRemoteWorker(app, remoteOptions { $0.autoscale = 1...4 }) { (_: Worker) async throws in
            for n in 0..<3 { try await app.send(slow(n)) }
            while broker.capacities.last != 3 { await time.advance(by: .seconds(1)) }
            gate.open()
        }
        #expect(broker.terms.map(\.capacity) == [1])
    }

    @Test("a delivery that the consumer loses is cancelled at once, and not settled", .timeLimit(.minutes(15)))
    func loses() async throws {
        let app = try makeApp()
        let (started, cancelled, never) = (Gate(), Gate(), Gate())
        let long = try app.task("long") { (n: Int) in
            started.open()
            do { try await never.wait() } catch {
                cancelled.open()
                throw error
            }
            return n
        }
        try await app.send(long(1))
        // The clock stands still: no renewal could find the loss.
        try await withWorker(app, WorkerOptions(concurrency: 1)) { worker in
            try await started.wait()
            broker.loseDeliveries()
            try await cancelled.wait()
            while worker.statistics.leasesLost == 0 { await Task.yield() }
            #expect(try await store.counts(of: .default).leased == 1)
        }
    }

    @Test("a caller learns which calls of a publish were not taken, and the others are sent")
    func untaken() async throws {
        let results = MemoryStore(time: time)
        let app = try makeApp(results: results)
        broker.refuse("b")
        let echo = try app.task("echo") { (n: Int) in n }
        let calls = (["a", "b", "c"] as [TaskID]).map { echo(1).with(CallOptions(id: $0)) }
        let error = await #expect(throws: BrokerError.self) { try await app.send(calls) }
        #expect(error?.code == .refused)
        #expect(error?.message == "1 of 3 calls were not accepted; the others were sent: b: not confirmed")
        #expect(try await store.counts(of: .default).ready == 2)
        #expect(try await results.record(of: "a")?.state == .pending)
        #expect(try await results.record(of: "b") == nil)
    }

    @Test("unique and atFront are refused by name where the broker would ignore them")
    func refuses() async throws {
        let app = try makeApp()
        let options = CallOptions(unique: .key("k", .untilDone), atFront: true)
        let error = await #expect(throws: CeleriacError.self) { try await app.send("echo", options: options) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("does not support unique, atFront of a call") == true)
        let report = try app.task("report", options: TaskOptions(unique: .untilDone)) { (n: Int) in n }
        await #expect(throws: CeleriacError.self) { try await app.send(report(1)) }
        #expect(try await store.counts(of: .default).ready == 0)
    }

    @Test("a number that the broker cannot tell is nil, and an error where a number is needed")
    func unknownCounts() async throws {
        let app = try TaskApp(
            Backend(broker: PlainBroker(store), results: nil), options: AppOptions(discoversTasks: false), time: time)
        let error = await #expect(throws: CeleriacError.self) { try await app.queue("mail").counts }
        #expect(error?.code == .unsupported)
        #expect(QueueCounts(ready: 3, delayed: nil).waiting == nil)
        #expect(QueueCounts(ready: 3, delayed: 2).waiting == 5)
    }
}
