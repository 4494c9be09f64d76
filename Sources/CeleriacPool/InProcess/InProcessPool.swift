package import CeleriacCore
package import Logging

/// The pool that shares the worker's own process: the default for a worker that runs next to a web server.
///
/// The soft limit cancels a task, and waits. The hard limit cancels it too, and does not wait: Swift cannot stop a task
/// that ignores its cancellation. Such a task is reported as stuck, its slot is freed, and whatever it returns later is
/// dropped.
package struct InProcessPool: WorkerPool {
    private let time: any TimeSource
    private let logger: Logger

    package init(time: any TimeSource, logger: Logger) {
        self.time = time
        self.logger = logger
    }

    package func start() async throws {}

    package func abandonStart() {}

    package func stop() async {}

    package func resize(toSlots slots: Int) {}

    package var taskExecutor: (any TaskExecutor)? { nil }
    package var step: Int { 1 }
    package var tasksCanOutliveIt: Bool { true }

    package var description: PoolDescription {
        PoolDescription(implementation: "celeriac.worker:InProcessPool", processes: [ThisProcess.pid])
    }

    package func run(_ run: Run, doing work: any RunWork) async -> RunEnd {
        guard run.times.soft != nil || run.times.hard != nil else { return await work.perform() }
        return await runLimited(run, work)
    }

    private func runLimited(_ run: Run, _ work: any RunWork) async -> RunEnd {
        let end = OneShot<RunEnd>()
        // Unstructured, since the hard limit must be able to abandon it.
        let task = Task { end.resolve(await work.perform()) }
        // Cancelled below, but not awaited: tasks that spin may hold every thread on which it could end.
        let timer = Task {
            try await self.wait(for: run)
            // In this order: a task that obeys its cancellation must not come first with an error of its own.
            end.resolve(Self.end(of: run, work))
            task.cancel()
            self.report(stuck: run)
        }
        let first = await withTaskCancellationHandler {
            await end.value
        } onCancel: {
            task.cancel()
        }
        timer.cancel()
        return first
    }

    /// Returns when the hard limit is over; without a limit, only when cancelled.
    private func wait(for run: Run) async throws {
        let (soft, hard) = (run.times.soft, run.times.hard)
        if let soft, soft < hard ?? .seconds(Int64.max) {
            try await time.sleep(for: soft)
            run.handle.cancel(because: .softTimeLimit)
            guard let hard else { return try await time.sleep(for: .days(36_500)) }
            return try await time.sleep(for: hard - soft)
        }
        try await time.sleep(for: hard ?? .zero)
    }

    /// The end of a run whose hard limit is over. An earlier reason to stop takes precedence.
    private static func end(of run: Run, _ work: any RunWork) -> RunEnd {
        if let reason = run.handle.cancelReason { return RunEnd(work.outcome(ofBeingStopped: reason)) }
        return RunEnd(work.outcome(ofExceeding: run.times.hard ?? .zero))
    }

    private func report(stuck run: Run) {
        logger.error(
            "task is stuck: it ran into its hard time limit and goes on without its slot",
            metadata: ["task_id": "\(run.id)", "task": "\(run.envelope.task)"]
        )
    }
}
