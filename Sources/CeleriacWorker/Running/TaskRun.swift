import CeleriacPool
import Synchronization

/// One start of a task: the work that a pool runs, with everything that the task needs in this process.
final class TaskRun: RunWork {
    let run: Run
    let task: AnyTask
    let arguments: ReceivedArguments
    let context: TaskContext

    init(_ run: Run, task: AnyTask, arguments: ReceivedArguments, context: TaskContext) {
        self.run = run
        self.task = task
        self.arguments = arguments
        self.context = context
    }

    convenience init(
        attempt: Attempt, task: AnyTask, arguments: ReceivedArguments, context: TaskContext, times: TimeLimits
    ) {
        let run = Run(
            envelope: context.envelope, queue: context.queue, deliveryCount: context.deliveryCount,
            startedAt: context.startedAt, times: times, handle: attempt.handle)
        self.init(run, task: task, arguments: arguments, context: context)
    }

    var handle: RunHandle { run.handle }

    func perform() async -> RunEnd { RunEnd(await TaskRunner(app: context.app).outcome(of: self)) }

    func record(_ state: TaskState, _ meta: [UInt8]) async throws { try await context.record(state, meta) }

    func outcome(ofBeingStopped reason: CancelReason) -> Outcome { task.outcome(ofBeingStopped: reason) }

    func outcome(ofExceeding limit: Duration) -> Outcome { task.outcome(ofExceeding: limit) }
}

extension WorkerPool {
    /// Runs one task to its outcome, and records in its context what it leaves behind.
    func run(_ run: TaskRun) async -> Outcome {
        let end = await self.run(run.run, doing: run)
        if !end.children.isEmpty { run.context.add(end.children) }
        if !end.additions.isEmpty { run.context.additions.withLock { $0 = end.additions } }
        return end.outcome
    }
}
