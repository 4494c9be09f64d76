import Logging

/// The pool that shares the worker's own process: the default where a worker runs beside a web server.
///
/// The soft limit cancels a task, and waits. The hard limit cancels it too, and does not: Swift cannot stop a task that does
/// not look, so it is reported as stuck, its slot is freed, and whatever it returns later is dropped.
struct InProcessPool: WorkerPool {
    let app: TaskApp

    func start() async throws {}

    func abandonStart() {}

    func stop() async {}

    func resize(toSlots slots: Int) {}

    var tasksCanOutliveIt: Bool { true }
    var step: Int { 1 }

    var description: PoolDescription {
        PoolDescription(implementation: "celeriac.worker:InProcessPool", processes: [ThisProcess.pid])
    }

    func run(_ run: TaskRun) async -> Outcome {
        await TaskRunner(app: app).outcome(of: run) { body in try await limited(run, body) }
    }

    private func limited(
        _ run: TaskRun, _ body: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        let (attempt, soft, hard) = (run.attempt, run.times.soft, run.times.hard)
        guard soft != nil || hard != nil else { return try await body() }
        let end = OneShot<Result<[UInt8], any Error>>()
        // Unstructured, since the hard limit must be able to leave it behind.
        let work = Task {
            do { end.resolve(.success(try await body())) } catch { end.resolve(.failure(error)) }
        }
        let timer = Task {
            try await self.wait(soft: soft, hard: hard, attempt)
            // In this order: a task that heeds its cancellation must not be quicker with an error of its own.
            end.resolve(.failure(TimeLimitExceeded(limit: hard ?? .zero)))
            work.cancel()
            self.report(stuck: attempt)
        }
        let result = await withTaskCancellationHandler {
            await end.value
        } onCancel: {
            work.cancel()
        }
        timer.cancel()
        return try result.get()
    }

    /// Returns when the hard limit is over; without one, never before it is cancelled.
    private func wait(soft: Duration?, hard: Duration?, _ attempt: Attempt) async throws {
        if let soft, soft < hard ?? .seconds(Int64.max) {
            try await app.time.sleep(for: soft)
            attempt.cancel(because: .softTimeLimit)
            guard let hard else { return try await app.time.sleep(for: .days(36_500)) }
            return try await app.time.sleep(for: hard - soft)
        }
        try await app.time.sleep(for: hard ?? .zero)
    }

    private func report(stuck attempt: Attempt) {
        app.logger.error(
            "task is stuck: it ran into its hard time limit and goes on without its slot",
            metadata: ["task_id": "\(attempt.delivery.id)", "task": "\(attempt.delivery.envelope.task)"]
        )
    }
}
