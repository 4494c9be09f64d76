import Celeriac
import CeleriacTesting
import Foundation
import Testing

@Suite("Retries and failures")
struct RetryTests {
    @Test("a task that throws runs again after its pause, not before, and keeps its id")
    func retries() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let attempts = Journal<Int>()
        let flaky = try app.task("flaky", options: TaskOptions(retry: .fixed(.seconds(30), maxRetries: 3))) {
            (n: Int) in
            attempts.write(TaskContext.current?.attempt ?? 0)
            if attempts.entries.count < 3 { throw Hiccup() }
            return n
        }
        let result = try await app.send(flaky(9))
        #expect(try await drain(app).retried == 1)
        #expect(try await result.state == .retry)
        await time.advance(by: .seconds(29))
        #expect(try await drain(app).processed == 0)
        await time.advance(by: .seconds(1))
        #expect(try await drain(app).retried == 1)
        await time.advance(by: .seconds(30))
        #expect(try await drain(app).succeeded == 1)
        #expect(try await result.get() == 9)
        #expect(attempts.entries == [1, 2, 3])
    }

    @Test("when the retries are used up it fails with type, message and history, and lies in the dead letters")
    func exhausted() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let flaky = try app.task("flaky", options: TaskOptions(retry: .fixed(.seconds(1), maxRetries: 2))) {
            (n: Int) -> Int in throw Hiccup()
        }
        let result = try await app.send(flaky(1))
        for _ in 0..<3 {
            _ = try await drain(app)
            await time.advance(by: .seconds(1))
        }
        let failure = try await result.failure()
        #expect(failure.type == "Hiccup")
        #expect(failure.message == "hiccup")
        #expect(failure.history.map(\.attempt) == [1, 2])
        let dead = try await app.deadLetters
        #expect(dead.map(\.id) == [result.id])
        #expect(dead.first?.reason.contains("hiccup") == true)
    }

    @Test("a dead letter put back runs again as a first attempt")
    func requeue() async throws {
        let app = try makeApp()
        let isWell = Journal<Bool>()
        let task = try app.task("sick") { (n: Int) in
            guard !isWell.entries.isEmpty else { throw Hiccup() }
            return TaskContext.current?.attempt ?? 0
        }
        let result = try await app.send(task(1))
        _ = try await drain(app)
        let job = try #require(try await app.job(result.id))
        #expect(try await job.status == .failed)
        isWell.write(true)
        try await job.requeue()
        #expect(try await job.status == .queued)
        _ = try await drain(app)
        #expect(try await result.get() == 1)
    }

    @Test("the policy tells errors apart: retry, discard, dead letter")
    func byType() async throws {
        let app = try makeApp()
        let policy = RetryPolicy.fixed(.seconds(1)).discarding(Fatal.self).deadLettering(CancellationError.self)
        let task = try app.task("picky", options: TaskOptions(retry: policy)) { (kind: String) -> Int in
            switch kind {
            case "fatal": throw Fatal()
            case "cancelled": throw CancellationError()
            default: throw Hiccup()
            }
        }
        let fatal = try await app.send(task("fatal"))
        let cancelled = try await app.send(task("cancelled"))
        let hiccup = try await app.send(task("hiccup"))
        _ = try await drain(app)
        #expect(try await fatal.state == .failure)
        #expect(try await cancelled.state == .failure)
        #expect(try await hiccup.state == .retry)
        #expect(try await app.deadLetters.map(\.id) == [cancelled.id])
    }

    @Test("a task asks for a retry at a time of its own, and fails with its reason in the end")
    func asked() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let task = try app.task("asks", options: TaskOptions(retry: .fixed(.hours(1), maxRetries: 1))) {
            (n: Int) -> Int in
            throw try #require(TaskContext.current).retry(in: .seconds(5), because: Hiccup())
        }
        let result = try await app.send(task(1))
        #expect(try await drain(app).retried == 1)
        await time.advance(by: .seconds(5))
        #expect(try await drain(app).failed == 1)
        #expect(try await result.failure().type == "Hiccup")
    }

    @Test("a task without a retry policy may ask for three retries")
    func askedWithoutPolicy() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let task = try app.task("asks") { (n: Int) -> Int in
            throw try #require(TaskContext.current).retry(in: .seconds(5), because: Hiccup())
        }
        let result = try await app.send(task(1))
        for _ in 0..<3 {
            #expect(try await drain(app).retried == 1)
            await time.advance(by: .seconds(5))
        }
        #expect(try await drain(app).failed == 1)
        #expect(try await result.failure().history.count == 3)
    }

    @Test("a snooze runs again later and counts no attempt")
    func snooze() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let attempts = Journal<Int>()
        let task = try app.task("sleepy") { (n: Int) in
            let context = try #require(TaskContext.current)
            attempts.write(context.attempt)
            if attempts.entries.count < 3 { throw context.snooze(for: .minutes(1)) }
            return n
        }
        let result = try await app.send(task(4))
        for _ in 0..<3 {
            _ = try await drain(app)
            await time.advance(by: .minutes(1))
        }
        #expect(attempts.entries == [1, 1, 1])
        #expect(try await result.get() == 4)
    }

    @Test("reject parks the call and discard drops it, whatever retries are left")
    func directives() async throws {
        let app = try makeApp()
        let task = try app.task("decides", options: TaskOptions(retry: .fixed(.zero))) { (isKept: Bool) -> Int in
            let context = try #require(TaskContext.current)
            throw isKept ? context.reject("look at this") : context.discard("never mind")
        }
        let kept = try await app.send(task(true))
        let dropped = try await app.send(task(false))
        _ = try await drain(app)
        #expect(try await kept.failure().message == "look at this")
        #expect(try await dropped.failure().message == "never mind")
        #expect(try await app.deadLetters.map(\.id) == [kept.id])
    }

    @Test("jitter stays within the full pause")
    func jitter() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let task = try app.task(
            "jittery", options: TaskOptions(retry: .exponentialJitter(maxRetries: 3, base: .seconds(8)))
        ) {
            (n: Int) -> Int in throw Hiccup()
        }
        for n in 0..<50 { _ = try await app.send(task(n)) }
        _ = try await drain(app)
        await time.advance(by: .seconds(8))
        #expect(try await app.broker.counts(of: .default).delayed == 0)
    }
}
