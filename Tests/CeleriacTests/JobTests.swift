import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

@Suite("Jobs and their registries, where jobs are messages")
struct JobTests {
    private let time = ManualTime()

    @Test("a snapshot tells of a job what its message and its record know")
    func snapshot() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let queue = app.queue(.default)
        let id = try await queue.enqueue(echo(3), retry: JobRetry(max: 2, intervals: [.seconds(5)])).id
        let job = try #require(try await queue.job(id))
        var seen = try await job.refresh()
        #expect(seen.status == .queued && seen.task == "echo" && seen.origin == .default)
        #expect(seen.retriesLeft == 2 && seen.retryIntervals == [.seconds(5)] && seen.enqueuedAt == time.now)
        #expect(seen.endedAt == nil)
        _ = try await drain(app)
        seen = try await job.refresh()
        #expect(seen.status == .finished && seen.task == "echo" && seen.worker != nil && seen.endedAt == time.now)
        let error = await #expect(throws: CeleriacError.self) {
            try await Job(id: "nobody", app: app).refresh()
        }
        #expect(error?.code == .unknownTaskID)
    }

    @Test("the end of a job is its latest result, with value or words, and typed where that is asked")
    func results() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let broken = try app.task("broken") { (n: Int) async throws -> Int in throw Broken() }
        let queue = app.queue(.default)
        let (good, bad) = (try await queue.enqueue(echo(3)).id, try await queue.enqueue(broken(1)).id)
        let job = try #require(try await queue.job(good))
        #expect(try await job.latestResult == nil)
        #expect(try await job.results.isEmpty)
        _ = try await drain(app)
        let success = try #require(try await job.latestResult)
        #expect(success.kind == .successful && success.returnValue == 3 && success.worker != nil)
        #expect(success.createdAt == time.now && success.exceptionText == nil)
        #expect(try await job.result(as: Int.self) == 3)
        let failure = try #require(try await queue.job(bad)?.latestResult)
        #expect(failure.kind == .failed && failure.exceptionText?.contains("Broken") == true)
        let error = await #expect(throws: CeleriacError.self) { try await job.result(as: [String].self) }
        #expect(error?.code == .wrongResultType)
    }

    @Test("a deleted job is nowhere, whatever has become of it")
    func delete() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let broken = try app.task("broken") { (n: Int) async throws -> Int in throw Broken() }
        let queue = app.queue(.default)
        let ended = [try await queue.enqueue(echo(3)).id, try await queue.enqueue(broken(1)).id]
        _ = try await drain(app)
        let waiting = [try await queue.enqueue(echo(4)).id, try await queue.enqueue(echo(5), in: .hours(1)).id]
        for id in ended + waiting {
            let job = try #require(try await queue.job(id))
            #expect(try await job.delete())
            #expect(try await !job.delete())
            #expect(try await queue.job(id) == nil)
        }
        #expect(try await queue.counts == QueueCounts())
    }

    @Test("what only rq:// can do with a job is refused, and says so")
    func refused() async throws {
        let app = try makeApp(time: time)
        let broken = try app.task("broken") { (n: Int) async throws -> Int in throw Broken() }
        let queue = app.queue(.default)
        let id = try await queue.enqueue(broken(1)).id
        _ = try await drain(app)
        let job = try #require(try await queue.job(id))
        let calls: [@Sendable () async throws -> Void] = [
            { try await job.saveMeta(["a": 1]) }, { try await job.requeue(atFront: true) },
            { try await queue.failed.requeue(job, atFront: true) }, { _ = try await queue.finished.count },
            { _ = try await queue.deferred.ids() }, { _ = try await queue.canceled.contains(job) },
            { _ = try await queue.failed.expiration(of: job) }, { try await queue.failed.remove(job) },
            { try await queue.started.remove(job, deleteJob: true) }, { try await queue.scheduled.requeue(job) },
            { try await queue.delete(deleteJobs: false) },
        ]
        for call in calls {
            let error = await #expect(throws: CeleriacError.self) { try await call() }
            #expect(error?.code == .unsupported)
        }
        #expect(try await job.status == .failed)
    }

    @Test("started, scheduled and failed jobs are listed, counted, found and taken off")
    func registries() async throws {
        let app = try makeApp(time: time)
        let gate = Gate()
        let wait = try app.task("wait") { (n: Int) in
            try await gate.wait(); return n
        }
        let broken = try app.task("broken") { (n: Int) async throws -> Int in throw Broken() }
        let queue = app.queue(.default)
        let bad = try await queue.enqueue(broken(1)).id
        _ = try await drain(app)
        let later = try await queue.enqueue(broken(2), in: .hours(1)).id
        let run = try await queue.enqueue(wait(3))
        try await withWorker(app) { _ in
            try await run.reaches(.started)
            #expect(try await queue.started.ids().items == [run.id])
            #expect(try await queue.started.contains(run))
            gate.open()
            #expect(try await run.get() == 3)
        }
        #expect(try await queue.started.count == 0)
        #expect(try await queue.scheduled.ids().items == [later])
        #expect(try await queue.scheduled.count == 1)
        #expect(try await queue.scheduled.scheduledTime(of: later) == time.now.adding(.hours(1)))
        #expect(try await queue.failed.contains(bad))
        #expect(try await !queue.failed.contains(later))
        #expect(try await queue.scheduled.remove(later, deleteJob: true))
        #expect(try await !queue.scheduled.remove(later, deleteJob: true))
        #expect(try await app.queues().map(\.name) == [.default])
    }

    @Test("failed jobs can be requeued while they are gone through, and each comes once")
    func requeueAll() async throws {
        let app = try makeApp(time: time)
        let broken = try app.task("broken") { (n: Int) async throws -> Int in throw Broken() }
        let queue = app.queue(.default)
        let sent = try await queue.enqueueMany((0..<120).map { broken($0) })
        _ = try await drain(app)
        #expect(try await queue.failed.count == 120)
        var seen: [TaskID] = []
        for try await job in queue.failed.jobs {
            seen.append(job.id)
            try await queue.failed.requeue(job)
        }
        #expect(Set(seen) == Set(sent.map(\.id)) && seen.count == 120)
        #expect(try await queue.failed.count == 0)
        #expect(try await queue.count == 120)
        let error = await #expect(throws: CeleriacError.self) { try await queue.failed.requeue(seen[0]) }
        #expect(error?.code == .unknownTaskID)
    }

    @Test("a queue that is deleted holds nothing any more")
    func deleteQueue() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let queue = app.queue(.default)
        let removed = try await queue.enqueue(echo(0)).id
        try await queue.enqueueMany((1..<5).map { echo($0) })
        #expect(try await queue.remove(removed))
        #expect(try await !queue.remove(removed))
        #expect(try await !queue.isEmpty)
        try await queue.delete()
        #expect(try await queue.isEmpty)
        #expect(try await queue.counts == QueueCounts())
    }
}

private struct Broken: Error {}
