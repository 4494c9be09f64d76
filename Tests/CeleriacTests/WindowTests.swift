import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

@testable import CeleriacWorker

@Suite("The window in front of the slots", .timeLimit(.minutes(5)))
struct WindowTests {
    private let time = ManualTime()

    private func attempts(_ names: String...) -> [Attempt] {
        names.map { name in
            let number = Int64(name.utf8.first ?? 0)
            let receipt = Receipt(message: number, token: number, queue: .default)
            let envelope = Envelope(
                headers: MessageHeaders(id: TaskID(name), task: "t"), body: Array("[[],{},null]".utf8))
            return Attempt(
                Delivery(receipt: receipt, envelope: envelope, deliveryCount: 1, leaseDeadline: nil),
                claimedAt: time.now)
        }
    }

    // MARK: Its size

    @Test("it starts closed, opens a step at a time while tasks are short, and holds five milliseconds of work")
    func opens() {
        var window = Window(most: 1_000)
        var sizes: [Int] = [window.size]
        for _ in 0..<200 {
            window.note(.microseconds(100), slots: 16)
            if window.size != sizes.last { sizes.append(window.size) }
        }
        #expect(sizes == [0, 16, 32, 64, 128, 256, 512, 800])
    }

    @Test("long tasks close it, and so does one that blocks the slots")
    func closes() {
        var window = Window(most: 1_000)
        for _ in 0..<200 { window.note(.microseconds(100), slots: 4) }
        #expect(window.size == 200)
        for _ in 0..<200 { window.note(.milliseconds(25), slots: 4) }
        #expect(window.size == 0)
        for _ in 0..<200 { window.note(.microseconds(100), slots: 4) }
        #expect(window.size > 0)
        window.close()
        #expect(window.size == 0)
        window.note(.microseconds(100), slots: 4)
        #expect(window.size == 0)
    }

    @Test("a window of none stays closed")
    func none() {
        var window = Window(most: 0)
        for _ in 0..<200 { window.note(.microseconds(1), slots: 4) }
        #expect(window.size == 0)
    }

    // MARK: Slots

    @Test("what waits starts in order as others end, and a settled one makes room")
    func order() {
        let (slots, started) = (Slots(capacity: 2, window: 10, clock: time), Journal<String>())
        slots.onStart { for attempt in $0 { started.write(attempt.delivery.id.rawValue) } }
        let all = attempts("a", "b", "c", "d")
        slots.take(all)
        #expect(started.entries == ["a", "b"])
        #expect(slots.held.count == 4 && slots.begunCount == 2)
        slots.end(all[1])
        slots.end(all[1])
        #expect(started.entries == ["a", "b", "c"])
        slots.free([all[1].delivery.receipt])
        slots.free([all[0].delivery.receipt])
        #expect(started.entries == ["a", "b", "c", "d"])
        slots.end(all[2])
        slots.end(all[3])
        slots.free(all.map(\.delivery.receipt))
        #expect(slots.isIdle && slots.room == 2)
    }

    @Test("a run that is settled before it is known to have ended opens the window like any other")
    func settledFirst() {
        let slots = Slots(capacity: 1, window: 10, clock: time)
        for _ in 0..<8 {
            let all = attempts("a")
            slots.take(all)
            slots.free(all.map(\.delivery.receipt))
            slots.end(all[0])
        }
        #expect(slots.room > 1)
    }

    @Test("more slots start what waits at once")
    func resized() {
        let (slots, started) = (Slots(capacity: 1, window: 10, clock: time), Journal<String>())
        slots.onStart { for attempt in $0 { started.write(attempt.delivery.id.rawValue) } }
        slots.take(attempts("a", "b", "c"))
        slots.resize { _ in 2 }
        #expect(started.entries == ["a", "b"])
    }

    @Test("what has waited too long is taken out, and is held until it is given back")
    func withdrawn() async {
        let slots = Slots(capacity: 1, window: 10, clock: time)
        let all = attempts("a", "b", "c")
        slots.take(all)
        #expect(slots.withdraw(ifWaitingFor: .milliseconds(50)).isEmpty)
        await time.advance(by: .milliseconds(50))
        #expect(slots.withdraw(ifWaitingFor: .milliseconds(50)).map(\.delivery.id) == ["b", "c"])
        #expect(slots.held.count == 3 && slots.withdraw().isEmpty)
        slots.end(all[0])
        slots.free(all.map(\.delivery.receipt))
        #expect(slots.isIdle)
    }

    // MARK: A worker

    /// A worker of one slot whose window is open.
    private func makeApp() async throws -> (TaskApp, ClosureTask<Int, Int>, ClosureTask<Int, Int>, Gate) {
        let app = try TaskApp(
            Backend(MemoryStore(time: time)), options: AppOptions(discoversTasks: false), time: time)
        let gate = Gate()
        let short = try app.task("short") { (n: Int) in n }
        let long = try app.task("long") { (n: Int) in
            try await gate.wait()
            return n
        }
        return (app, short, long, gate)
    }

    private let one = WorkerOptions(concurrency: 1, lease: .hours(9), heartbeat: .hours(9), eventHeartbeat: .hours(9))

    @Test("a long task in the only slot keeps nothing from another worker for longer than 100 ms, and none is counted")
    func doesNotHoard() async throws {
        let (app, short, long, gate) = try await makeApp()
        try await withWorker(app, one) { worker in
            for result in try await app.send((0..<100).map { short($0) }) { _ = try await result.get() }
            let blocking = try await app.send(long(7))
            try await blocking.reaches(.started)
            let rest = try await app.send((0..<20).map { short($0) })
            while try await app.broker.counts(of: .default).leased != 21 { await Task.yield() }
            await time.advance(by: .milliseconds(100))
            try await withWorker(app, one) { other in
                for (number, result) in rest.enumerated() {
                    let value = try await result.get()
                    #expect(value == number)
                }
                #expect(other.statistics.succeeded == 20)
            }
            gate.open()
            let value = try await blocking.get()
            #expect(value == 7)
            #expect(worker.statistics.released == 0)
        }
    }

    @Test("calls that wait are given back when the worker is asked to end, uncounted and in their old order")
    func stops() async throws {
        let (app, short, long, gate) = try await makeApp()
        let store = try #require(app.backend.broker as? MemoryStore)
        var results: [AsyncResult<Int>] = []
        try await withWorker(app, one) { worker in
            for result in try await app.send((0..<100).map { short($0) }) { _ = try await result.get() }
            let calls = [long(1)] + (0..<10).map { short($0) }
            results = try await app.send(calls)
            try await results[0].reaches(.started)
            while try await store.counts(of: .default).leased != 11 { await Task.yield() }
            worker.stop()
            while try await store.counts(of: .default).ready != 10 { await Task.yield() }
            gate.open()
            _ = try await results[0].get()
        }
        let counts = try await store.counts(of: .default)
        #expect(counts.ready == 10 && counts.leased == 0 && counts.delayed == 0 && counts.dead == 0)
        // The next delivery is the first one.
        let next = try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            try await consumer.next(upTo: 10, from: [.default], wait: false)
        }
        #expect(next.map(\.deliveryCount.minimum) == Array(repeating: 1, count: 10))
        #expect(next.map(\.id) == results.dropFirst().map(\.id))
    }
}
