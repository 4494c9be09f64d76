import Foundation
import Logging

/// What becomes of an attempt once it has ended.
extension WorkerSession {
    @Sendable
    func process(_ attempt: Attempt) async {
        if attempt.isRepeated { return settler.submit(Settler.End(repeated: attempt)) }
        let execution = await executor.execute(attempt)
        let delivery = attempt.delivery
        var generator = SystemRandomNumberGenerator()
        let now = app.time.now
        var decision = Decision.decide(
            execution.outcome, of: delivery.envelope, under: execution.task?.options.retry ?? .none,
            messageRetries: options.messageRetries, now: now, using: &generator
        )
        var sequel: CanvasRunner.Sequel?
        // Most calls carry nothing, which was seen before they ran.
        if execution.embed != nil || execution.task == nil || decision.replacement != nil {
            sequel = await executor.canvas.sequel(of: &decision, execution, delivery)
        }
        // What follows may have no way to go, which only the store knows.
        var failing: (@Sendable (TaskFailure) async -> Settler.End)?
        if sequel != nil { failing = { [self] in await self.end(of: attempt, failing: $0, execution, now) } }
        settler.submit(end(of: attempt, decision, sequel, execution, now, failing))
        log(decision, delivery)
    }

    private func end(
        of attempt: Attempt, _ decision: Decision, _ sequel: CanvasRunner.Sequel?, _ execution: Executor.Execution,
        _ now: Date, _ failing: (@Sendable (TaskFailure) async -> Settler.End)?
    ) -> Settler.End {
        var change = change(of: decision, execution, attempt.delivery, now)
        if let sequel { change?.children += sequel.children }
        return Settler.End(
            attempt: attempt, decision: decision, change: change, sequel: sequel,
            context: execution.context, isSettled: execution.isSettled, task: execution.task,
            notices: notices(of: execution, decision, attempt, now), failing: failing
        )
    }

    /// The end of a call that fails since what follows its end cannot be written.
    private func end(
        of attempt: Attempt, failing failure: TaskFailure, _ execution: Executor.Execution, _ now: Date
    ) async -> Settler.End {
        var decision = Decision(failing: failure)
        let sequel = await executor.canvas.sequel(of: &decision, execution, attempt.delivery)
        log(decision, attempt.delivery)
        return end(of: attempt, decision, sequel, execution, now, nil)
    }

    private func notices(
        of execution: Executor.Execution, _ decision: Decision, _ attempt: Attempt, _ now: Date
    ) -> [TaskNotice] {
        guard let events, events.wantsTasks else { return [] }
        let envelope = attempt.delivery.envelope
        // A clock may be set back.
        let runtime = attempt.startedAt.map { Duration.bounded(seconds: max(0, now.timeIntervalSince($0))) }
        return TaskNotice.ended(
            execution, decision, envelope, CallText(of: envelope, app.codec), runtime: runtime,
            signal: attempt.signal?.number
        )
    }

    /// The state to record, results being kept for this call.
    private func change(
        of decision: Decision, _ execution: Executor.Execution, _ delivery: Delivery, _ now: Date
    ) -> StateChange? {
        // Of a call that was replaced it is told that it will come, where it could not be waited for else.
        let isRecorded = decision.isRecorded || decision.replacement != nil && app.announces
        guard isRecorded, app.results != nil, !executor.ignoresResult(delivery.envelope, execution.task) else {
            return nil
        }
        let context =
            execution.context
            ?? TaskContext(
                app: app, envelope: delivery.envelope, queue: delivery.queue, worker: name,
                deliveryCount: delivery.deliveryCount, startedAt: now
            )
        var change = context.change(to: decision.state, at: now)
        change.result = decision.result
        change.failure = decision.failure
        return change
    }

    private func log(_ decision: Decision, _ delivery: Delivery) {
        let level: Logger.Level =
            switch decision.state {
            case .failure: .error
            case .retry: .warning
            default: .debug
            }
        guard level >= logLevel else { return }
        var metadata: Logger.Metadata = [
            "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)", "queue": "\(delivery.queue)",
            "attempt": "\(delivery.envelope.attempt)", "state": "\(decision.state)",
        ]
        if let failure = decision.failure { metadata["failure"] = "\(failure.type)" }
        app.logger.log(level: level, "task ended", metadata: metadata)
    }
}
