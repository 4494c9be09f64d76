import CeleriacCanvas
import CeleriacPool

/// One start of a task: the work that a pool runs, with everything that the task needs in this process.
final class TaskRun: RunWork {
    let run: Run
    let task: AnyTask
    let arguments: ReceivedArguments
    let context: TaskContext
    /// The canvas that follows the call; `nil` if nothing follows.
    let embed: CanvasEmbed?

    init(
        _ run: Run, task: AnyTask, arguments: ReceivedArguments, context: TaskContext, embed: CanvasEmbed? = nil
    ) {
        self.run = run
        self.task = task
        self.arguments = arguments
        self.context = context
        self.embed = embed
    }

    convenience init(
        attempt: Attempt, task: AnyTask, arguments: ReceivedArguments, context: TaskContext, times: TimeLimits,
        embed: CanvasEmbed? = nil
    ) {
        let run = Run(
            envelope: context.envelope, queue: context.queue, deliveryCount: context.deliveryCount,
            startedAt: context.startedAt, times: times, handle: attempt.handle)
        self.init(run, task: task, arguments: arguments, context: context, embed: embed)
    }

    var handle: RunHandle { run.handle }

    func perform() async -> RunEnd { await TaskRunner(app: context.app).end(of: self) }

    func record(_ state: TaskState, _ meta: [UInt8]) async throws { try await context.record(state, meta) }

    func outcome(ofBeingStopped reason: CancelReason) -> Outcome { task.outcome(ofBeingStopped: reason) }

    func outcome(ofExceeding limit: Duration) -> Outcome { task.outcome(ofExceeding: limit) }
}
