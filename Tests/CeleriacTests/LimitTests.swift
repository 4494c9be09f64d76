import CeleriacCore
import Celeriac
import CeleriacPool
import CeleriacTesting
import Foundation
import Testing

@Suite("Revocation, time limits, shutdown")
struct LimitTests {
    @Test("a revoked call never starts, whether it waits, is delayed, or comes later")
    func revoked() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let started = Journal<Int>()
        let echo = try app.task("echo") { (n: Int) in
            started.write(n); return n
        }
        let waiting = try await app.send(echo(1))
        let delayed = try await app.send(echo(2).with(CallOptions(countdown: .hours(1))))
        try await waiting.revoke()
        try await delayed.revoke()
        try await app.revoke(["future"])
        let future = try await app.send(echo(3).with(CallOptions(id: "future")))
        await time.advance(by: .hours(1))
        _ = try await drain(app)
        #expect(started.entries.isEmpty)
        for result in [waiting, delayed, future] { #expect(try await result.state == .revoked) }
        #expect(try await future.failure().type == "TaskRevokedError")
    }

    @Test("revoke with terminate cancels a running task; without, it goes on")
    func terminate() async throws {
        let app = try makeApp()
        let never = Gate()
        let task = try app.task("endless") { (n: Int) in
            try await never.wait(); return n
        }
        try await withWorker(app) { _ in
            let result = try await app.send(task(1))
            try await result.reaches(.started)
            try await result.revoke()
            #expect(try await result.state == .started)
            try await result.revoke(terminate: true)
            #expect(try await result.failure().type == "TaskRevokedError")
            #expect(try await result.state == .revoked)
        }
    }

    @Test("a soft time limit cancels the task, which fails or is retried by policy")
    func softLimit() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let never = Gate()
        let task = try app.task("endless", options: TaskOptions(softTimeLimit: .seconds(5))) { (n: Int) in
            try await never.wait()
            return n
        }
        try await withWorker(app, remoteOptions()) { _ in
            let result = try await app.send(task(1))
            try await result.reaches(.started)
            try await time.untilSleeper(dueIn: .seconds(5))
            await time.advance(by: .seconds(5))
            #expect(try await result.failure().type == "SoftTimeLimitExceeded")
        }
    }

    @Test("a hard time limit frees the slot of a task that ignores its cancellation, and drops its result")
    func hardLimit() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let gate = Gate()
        let stubborn = try app.task("stubborn", options: TaskOptions(timeLimit: .seconds(9))) { (n: Int) in
            await Task { try? await gate.wait() }.value
            return n
        }
        let echo = try app.task("echo") { (n: Int) in n }
        try await withWorker(app, remoteOptions { $0.concurrency = 1 }) { _ in
            let result = try await app.send(stubborn(1))
            try await result.reaches(.started)
            try await time.untilSleeper(dueIn: .seconds(9))
            await time.advance(by: .seconds(9))
            #expect(try await result.failure().type == "TimeLimitExceeded")
            #expect(try await app.send(echo(2)).get() == 2, "the only slot is free")
            gate.open()
        }
    }

    @Test("on graceful shutdown what runs may finish, and nothing more is claimed")
    func graceful() async throws {
        let app = try makeApp()
        let gate = Gate()
        let task = try app.task("slow") { (n: Int) in
            try await gate.wait(); return n
        }
        let stopping = Gate()
        let options = WorkerOptions(concurrency: 1, hooks: [{ if case .stopping = $0 { stopping.open() } }])
        let running = try await app.send(task(1))
        let waiting = try await app.send(task(2))
        try await withGracefulWorker(app, options) { shutDown in
            try await running.reaches(.started)
            shutDown()
            try await stopping.wait()
            gate.open()
        }
        #expect(try await running.get() == 1)
        #expect(try await waiting.state == .pending)
    }

    @Test("what does not finish within the shutdown limit is cancelled and given back uncounted")
    func shutdownLimit() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let never = Gate()
        let task = try app.task("endless") { (n: Int) in
            try await never.wait(); return n
        }
        let result = try await app.send(task(1))
        let stopping = Gate()
        let options = WorkerOptions(
            lease: .hours(1), shutdownLimit: .seconds(30), heartbeat: .hours(1), eventHeartbeat: .hours(1),
            hooks: [{ if case .stopping = $0 { stopping.open() } }]
        )
        try await withGracefulWorker(app, options) { shutDown in
            try await result.reaches(.started)
            shutDown()
            try await stopping.wait()
            try await time.untilSleeper(dueIn: .seconds(30))
            await time.advance(by: .seconds(30))
        }
        #expect(try await result.state == .pending)
        let message = try await (app.broker as? any Inspector)?.message(of: result.id)
        #expect(message?.status == .ready)
        #expect(message?.deliveryCount == 0)
    }

    @Test("a lost lease stops the task, and its result is dropped")
    func leaseLost() async throws {
        // Two clocks, as on a machine whose worker was suspended while the store's time went on.
        let workerTime = ManualTime()
        let storeTime = ManualTime()
        let store = MemoryStore(time: storeTime)
        let app = try makeApp(time: workerTime, store: store)
        let gate = Gate()
        let task = try app.task("slow") { (n: Int) in
            try await gate.wait()
            return n
        }
        let result = try await app.send(task(1))
        try await withWorker(app, WorkerOptions(concurrency: 1, lease: .seconds(30))) { worker in
            try await result.reaches(.started)
            await storeTime.advance(by: .seconds(31))
            try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
                let taken = try #require(try await consumer.next(upTo: 1, from: [.default], wait: false).first)
                #expect(taken.id == result.id)
                while worker.statistics.leasesLost == 0 { await workerTime.advance(by: .seconds(1)) }
                #expect(try await result.state == .started)
                #expect(try await consumer.settle([(taken.receipt, .ack)]).isEmpty, "the new holder settles")
            }
        }
    }

    @Test(
        "leases are renewed while every thread of the pool is held by tasks that never suspend",
        .timeLimit(.minutes(15))
    )
    func blockedPool() async throws {
        let store = MemoryStore(time: SystemTime())
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false))
        let threads = ProcessInfo.processInfo.activeProcessorCount + 2
        let spin = try app.task("spin") { (seconds: Double) in
            let time = SystemTime()
            let end = time.uptime + .seconds(seconds)
            while time.uptime < end {}
            return TaskContext.current?.deliveryCount ?? 0
        }
        var results: [AsyncResult<Int>] = []
        for _ in 0..<threads { results.append(try await app.send(spin(4.5))) }
        // Without renewal each lease would lapse twice while its task spins.
        _ = try await drain(app, WorkerOptions(concurrency: threads, lease: .seconds(2)))
        for result in results { #expect(try await result.get() == 1, "handed out once") }
    }

    @Test("a worker is listed with what it runs while it lives, and not afterwards")
    func directory() async throws {
        let app = try makeApp()
        let directory = try #require(app.broker as? any WorkerDirectory)
        let gate = Gate()
        let task = try app.task("slow") { (n: Int) in
            try await gate.wait()
            return n
        }
        try await withWorker(app, WorkerOptions(queues: ["a", "b"], concurrency: 3)) { _ in
            let result = try await app.queue("a").enqueue(task(1))
            try await result.reaches(.started)
            var listed = try await directory.workers()
            while listed.first?.running.isEmpty != false {
                await (app.time as? ManualTime)?.advance(by: .seconds(5))
                listed = try await directory.workers()
            }
            #expect(listed.count == 1)
            #expect(listed.first?.queues == ["a", "b"] && listed.first?.concurrency == 3)
            #expect(listed.first?.running.map(\.id) == [result.id.rawValue])
            gate.open()
            _ = try await result.get()
        }
        #expect(try await directory.workers().isEmpty)
    }

    @Test("a burst ends when the queues are empty, what its tasks enqueue included")
    func burst() async throws {
        let app = try makeApp()
        let countdown = try app.task("countdown") { (n: Int) in
            if n > 0 { try await TaskContext.current?.app.send("countdown", args: [.integer(Int64(n - 1))]) }
            return n
        }
        try await app.send(countdown(10))
        #expect(try await drain(app).succeeded == 11)
    }

    @Test("a worker ends after so many tasks as it was told")
    func maxTasks() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        for n in 0..<10 { try await app.send(echo(n)) }
        let worker = Worker(app, options: WorkerOptions(maxTasks: 4))
        try await worker.run()
        #expect(worker.statistics.succeeded == 4)
        #expect(try await app.broker.counts(of: .default).ready == 6)
    }

    @Test("never more is claimed than there are free slots")
    func slots() async throws {
        let app = try makeApp()
        let gate = Gate()
        let task = try app.task("slow") { (n: Int) in
            try await gate.wait(); return n
        }
        var results: [AsyncResult<Int>] = []
        for n in 0..<10 { results.append(try await app.send(task(n))) }
        try await withWorker(app, WorkerOptions(concurrency: 3)) { _ in
            for result in results.prefix(3) { try await result.reaches(.started) }
            #expect(try await app.broker.counts(of: .default).leased == 3)
            gate.open()
            for result in results { _ = try await result.get() }
        }
    }
}
