import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Testing

@Suite("The queue face")
struct QueueTests {
    @Test("a queue takes calls now, in a while, at a date, and many at once")
    func enqueue() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let echo = try app.task("echo", options: TaskOptions(queue: "elsewhere")) { (n: Int) in n }
        let queue = app.queue("emails")
        let now = try await queue.enqueue(echo(1))
        let soon = try await queue.enqueue(echo(2), in: .minutes(5))
        let later = try await queue.enqueue(echo(3), at: time.now.adding(.hours(1)))
        let many = try await queue.enqueueMany((10..<20).map { echo($0) })
        #expect(try await queue.count == 11)
        #expect(try await queue.counts.delayed == 2)
        #expect(try await queue.jobs().map(\.id) == [now.id] + many.map(\.id))
        #expect(try await queue.position(of: many[3].id) == 4)
        await time.advance(by: .hours(1))
        _ = try await drain(app, WorkerOptions(queues: ["emails"]))
        #expect(try await [now, soon, later].asyncMap { try await $0.get() } == [1, 2, 3])
        #expect(try await many.asyncMap { try await $0.get() } == Array(10..<20))
    }

    @Test("a job is found by its id with status, result and meta, from queued to finished")
    func job() async throws {
        let app = try makeApp()
        let gate = Gate()
        let task = try app.task("task") { (n: Int) in
            try await TaskContext.current?.update(meta: ["page": n])
            try await gate.wait()
            return n
        }
        let queue = app.queue(.default)
        let id = try await queue.enqueue(task(3)).id
        let job = try #require(try await queue.job(id))
        #expect(try await job.status == .queued)
        #expect(try await job.position == 0)
        try await withWorker(app) { _ in
            try await app.result(of: id, as: Int.self).reaches(.progress)
            #expect(try await job.status == .started)
            #expect(try await job.meta?["page"] == 3)
            #expect(try await job.result == nil)
            gate.open()
            #expect(try await app.result(of: id, as: Int.self).get() == 3)
        }
        #expect(try await job.status == .finished)
        #expect(try await job.result == 3)
        #expect(try await queue.job("nobody") == nil)
    }

    @Test("a scheduled job that is canceled leaves the queue and says so")
    func cancel() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        let id = try await app.queue(.default).enqueue(echo(1), in: .hours(1)).id
        let job = try #require(try await app.job(id))
        #expect(try await job.status == .scheduled)
        try await job.cancel()
        #expect(try await job.status == .canceled)
        #expect(try await app.queue(.default).counts == QueueCounts())
    }

    @Test("empty removes what waits and says how much that was")
    func empty() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        let queue = app.queue(.default)
        try await queue.enqueueMany((0..<5).map { echo($0) })
        try await queue.enqueue(echo(9), in: .hours(1))
        #expect(try await queue.empty() == 6)
        #expect(try await queue.counts == QueueCounts())
    }

    @Test("requeue of a job that has not failed is an error")
    func requeueNothing() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        let id = try await app.queue(.default).enqueue(echo(1)).id
        let job = try #require(try await app.job(id))
        let error = await #expect(throws: CeleriacError.self) { try await job.requeue() }
        #expect(error?.code == .unknownTaskID)
    }
}

extension Array {
    func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
