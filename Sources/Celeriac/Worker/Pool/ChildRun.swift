import Synchronization

/// A run in a pool of children: what is sent, and who waits for its outcome.
final class ChildRun: Sendable {
    let number: UInt64
    let run: TaskRun
    /// The frame that starts it.
    let frame: [UInt8]
    let end = OneShot<Outcome>()
    private let timer = Guarded<Task<Void, any Error>?>(nil)

    init(_ number: UInt64, _ run: TaskRun) {
        self.number = number
        self.run = run
        let context = run.context
        frame = Frame.job(
            ChildJob(
                number: number, envelope: context.envelope, queue: context.queue, deliveryCount: context.deliveryCount,
                startedAt: context.startedAt
            )
        )
    }

    /// Keeps the timer of its time limits; the one before, of a run that is repeated, is over.
    func keep(_ timer: Task<Void, any Error>) {
        self.timer.withLock { current in
            current?.cancel()
            current = timer
        }
    }

    func resolve(_ outcome: Outcome) {
        timer.withLock { $0.take() }?.cancel()
        end.resolve(outcome)
    }

    /// Where it was stopped before it came to a child, or together with one that was stopped for another's sake: given
    /// back, or lost if it was acknowledged before it ran.
    var outcomeOfBeingStopped: Outcome {
        if let reason = run.attempt.cancelReason { return run.task.outcome(ofBeingStopped: reason) }
        return .interrupted
    }
}
