import CeleriacCore
import Celeriac
import CeleriacTesting
import Testing

@Suite("Worker.stop", .timeLimit(.minutes(15)))
struct StoppingTests {
    private let time = ManualTime()
    private let app: TaskApp
    private let stopping = Gate()
    /// Open once the task's own code runs: STARTED is shown from the claim on.
    private let running = Gate()

    init() throws { app = try makeApp(time: time) }

    private var options: WorkerOptions {
        WorkerOptions(
            lease: .hours(1), shutdownLimit: .minutes(10), cancellationGrace: .minutes(5), heartbeat: .hours(1),
            eventHeartbeat: .hours(1), hooks: [{ [stopping] in if case .stopping = $0 { stopping.open() } }]
        )
    }

    /// Waits for ever, and ends when it is cancelled.
    private func obedient() throws -> ClosureTask<Int, Int> {
        let never = Gate()
        return try app.task("obedient") { [running] (n: Int) in
            running.open()
            try await never.wait()
            return n
        }
    }

    /// Waits for ever, cancelled or not.
    private func stubborn() throws -> ClosureTask<Int, Int> {
        let never = Gate()
        return try app.task("stubborn") { [running] (n: Int) in
            running.open()
            await Task { try? await never.wait() }.value
            return n
        }
    }

    @Test("warm, then soft: what runs is cancelled and given back uncounted, without a wait")
    func soft() async throws {
        let result = try await app.send(obedient()(1))
        let worker = Worker(app, options: options)
        async let end: Void = worker.run()
        try await running.wait()
        worker.stop(.warm)
        try await stopping.wait()
        worker.stop(.soft)
        try await end
        #expect(worker.unfinished == 0)
        #expect(worker.statistics.released == 1)
        try await expectGivenBack(result)
    }

    @Test("soft, then cold: what ignores its cancellation is left, and given back uncounted")
    func cold() async throws {
        let result = try await app.send(stubborn()(1))
        let worker = Worker(app, options: options)
        async let end: Void = worker.run()
        try await running.wait()
        worker.stop(.soft)
        try await time.untilSleeper(dueIn: .minutes(5))
        worker.stop(.cold)
        try await end
        #expect(worker.unfinished == 1)
        try await expectGivenBack(result)
    }

    @Test("the end of the grace is cold")
    func grace() async throws {
        let result = try await app.send(stubborn()(1))
        let worker = Worker(app, options: options)
        async let end: Void = worker.run()
        try await running.wait()
        worker.stop(.soft)
        // On and on: when the grace begins cannot be told from the other sleepers.
        let clock = Task { [time] in
            while !Task.isCancelled { await time.advanceToNextDeadline() }
        }
        try await end
        clock.cancel()
        #expect(worker.unfinished == 1)
        try await expectGivenBack(result)
    }

    @Test("cold at once waits for nothing")
    func coldAtOnce() async throws {
        let result = try await app.send(stubborn()(1))
        let worker = Worker(app, options: options)
        async let end: Void = worker.run()
        try await running.wait()
        worker.stop(.cold)
        try await end
        try await expectGivenBack(result)
    }

    @Test("what was told is never taken back, and may be told before the start")
    func raised() async throws {
        let result = try await app.send(obedient()(1))
        let worker = Worker(app, options: options)
        #expect(worker.urgency == nil)
        worker.stop(.soft)
        worker.stop(.warm)
        #expect(worker.urgency == .soft)
        try await worker.run()
        #expect(try await result.state == .pending)
        #expect(worker.statistics.processed == 0)
    }

    private func expectGivenBack(_ result: AsyncResult<Int>) async throws {
        #expect(try await result.state == .pending)
        let message = try await (app.broker as? any Inspector)?.message(of: result.id)
        #expect(message?.status == .ready)
        #expect(message?.deliveryCount == 0)
    }
}
