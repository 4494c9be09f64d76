@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Testing

@Suite("Idle workers and the order of queues", .timeLimit(.minutes(15)))
struct IdleTests {
    private let time = ManualTime()

    @Test("a worker ends once nothing has run and nothing has come for so long, and not before")
    func idle() async throws {
        let app = try makeApp(time: time)
        let (running, gate) = (Gate(), Gate())
        let task = try app.task("wait") { (n: Int) in
            running.open()
            try await gate.wait()
            return n
        }
        let options = WorkerOptions(
            lease: .hours(9), heartbeat: .hours(9), eventHeartbeat: .hours(9), maxIdle: .minutes(10))
        let worker = Worker(app, options: options)
        let ends = Journal<Bool>()
        let end = Task {
            try await worker.run()
            ends.write(true)
        }
        try await time.untilSleeper(dueIn: .minutes(10))
        await time.advance(by: .minutes(9))
        let result = try await app.send(task(7))
        try await running.wait()
        // What runs keeps it from being idle, however long.
        for _ in 0..<3 { await time.advance(by: .minutes(10)) }
        #expect(try await result.state == .started)
        gate.open()
        #expect(try await result.get() == 7)
        while worker.unfinished > 0 { await Task.yield() }
        await time.advance(by: .minutes(9))
        let late = try await app.send(task(8))
        #expect(try await late.get() == 8)
        while worker.unfinished > 0 { await Task.yield() }
        #expect(ends.entries.isEmpty)
        while ends.entries.isEmpty {
            await time.advance(by: .minutes(1))
            await Task.yield()
        }
        try await end.value
        #expect(worker.urgency == nil)
        #expect(worker.statistics.succeeded == 2)
    }

    @Test("round robin: after each task its queue comes last, as in RQ")
    func roundRobin() throws {
        var generator = SystemRandomNumberGenerator()
        let selection = QueueSelection.roundRobin(["a", "b", "c"])
        #expect(selection.drawn(after: nil, using: &generator) == ["a", "b", "c"])
        #expect(selection.drawn(after: "a", using: &generator) == ["b", "c", "a"])
        #expect(selection.drawn(after: "c", using: &generator) == ["a", "b", "c"])
        #expect(selection.drawn(after: "gone", using: &generator) == ["a", "b", "c"])
        #expect(selection.removing("b").adding("d").queues == ["a", "c", "d"])
    }

    @Test("random: each queue comes first as often as the others")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        let selection = QueueSelection.random(["a", "b", "c"])
        var first: [QueueName: Int] = [:]
        for _ in 0..<3000 {
            let order = selection.drawn(after: nil, using: &generator)
            #expect(Set(order) == ["a", "b", "c"])
            first[order[0], default: 0] += 1
        }
        #expect(
            first.values.allSatisfy { (800...1200).contains($0) }, "give or take eight standard deviations: \(first)")
    }

    @Test("a worker takes turns among its queues, however many slots it has")
    func turns() async throws {
        let app = try makeApp(time: time)
        let journal = Journal<String>()
        let task = try app.task("note") { (text: String) in
            journal.write(text)
            return true
        }
        for number in 1...3 {
            for queue in ["a", "b"] as [QueueName] {
                try await app.send(task("\(queue)\(number)").with(CallOptions(queue: queue)))
            }
        }
        try await app.send(task("a4").with(CallOptions(queue: "a")))
        _ = try await drain(app, WorkerOptions(queues: .roundRobin(["a", "b"]), concurrency: 1))
        #expect(journal.entries == ["a1", "b1", "a2", "b2", "a3", "b3", "a4"])
    }
}
