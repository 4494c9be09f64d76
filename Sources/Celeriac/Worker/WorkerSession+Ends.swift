import Foundation
import Logging

/// What becomes of an attempt once it has ended.
extension WorkerSession {
    @Sendable
    func process(_ attempt: Attempt) async {
        let execution = await executor.execute(attempt)
        let delivery = attempt.delivery
        var generator = SystemRandomNumberGenerator()
        let now = app.time.now
        var verdict = Verdict(
            on: execution.outcome, of: delivery.envelope, under: execution.task?.options.retry ?? .none,
            messageRetries: options.messageRetries, now: now, using: &generator
        )
        var sequel: CanvasRunner.Sequel?
        // Most calls carry nothing, which was seen before they ran.
        if execution.embed != nil || execution.task == nil || verdict.replacement != nil {
            (verdict, sequel) = await executor.canvas.sequel(of: verdict, execution, delivery)
        }
        // What follows may have no way to go, which only the store knows.
        var failing: (@Sendable (TaskFailure) async -> Settler.End)?
        if sequel != nil { failing = { [self] in await self.end(of: attempt, failing: $0, execution, now) } }
        settler.submit(end(of: attempt, verdict, sequel, execution, now, failing))
        log(verdict, delivery)
    }

    private func end(
        of attempt: Attempt, _ verdict: Verdict, _ sequel: CanvasRunner.Sequel?, _ execution: Executor.Execution,
        _ now: Date, _ failing: (@Sendable (TaskFailure) async -> Settler.End)?
    ) -> Settler.End {
        var change = change(of: verdict, execution, attempt.delivery, now)
        if let sequel { change?.children += sequel.children }
        return Settler.End(
            attempt: attempt, verdict: verdict, change: change, sequel: sequel,
            context: execution.context, isSettled: execution.isSettled, task: execution.task,
            notices: notices(of: execution, verdict, attempt, now), failing: failing
        )
    }

    /// The end of a call that fails since what follows its end cannot be written.
    private func end(
        of attempt: Attempt, failing failure: TaskFailure, _ execution: Executor.Execution, _ now: Date
    ) async -> Settler.End {
        let (verdict, sequel) = await executor.canvas.sequel(of: .failed(failure), execution, attempt.delivery)
        log(verdict, attempt.delivery)
        return end(of: attempt, verdict, sequel, execution, now, nil)
    }

    private func notices(
        of execution: Executor.Execution, _ verdict: Verdict, _ attempt: Attempt, _ now: Date
    ) -> [TaskNotice] {
        guard let events, events.wantsTasks else { return [] }
        let envelope = attempt.delivery.envelope
        // A clock may be set back.
        let runtime = attempt.startedAt.map { Duration.bounded(seconds: max(0, now.timeIntervalSince($0))) }
        return TaskNotice.ended(
            execution, verdict, envelope, CallText(of: envelope, app.codec), runtime: runtime,
            signal: attempt.signal?.number
        )
    }

    /// The state to record, results being kept for this call.
    private func change(
        of verdict: Verdict, _ execution: Executor.Execution, _ delivery: Delivery, _ now: Date
    ) -> StateChange? {
        // A replaced call is recorded as PENDING if callers could not wait for it otherwise.
        let isRecorded = verdict.state != .pending || verdict.replacement != nil && app.announces
        guard isRecorded, app.results != nil, !executor.ignoresResult(delivery.envelope, execution.task) else {
            return nil
        }
        let context =
            execution.context
            ?? TaskContext(
                app: app, envelope: delivery.envelope, queue: delivery.queue, worker: name,
                deliveryCount: delivery.deliveryCount, startedAt: now
            )
        var change = context.change(to: verdict.state, at: now)
        change.result = verdict.result
        change.failure = verdict.failure
        return change
    }

    private func log(_ verdict: Verdict, _ delivery: Delivery) {
        let level: Logger.Level =
            switch verdict.state {
            case .failure: .error
            case .retry: .warning
            default: .debug
            }
        guard level >= logLevel else { return }
        var metadata: Logger.Metadata = [
            "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)", "queue": "\(delivery.queue)",
            "attempt": "\(delivery.envelope.attempt)", "state": "\(verdict.state)",
        ]
        if let failure = verdict.failure { metadata["failure"] = "\(failure.type)" }
        app.logger.log(level: level, "task ended", metadata: metadata)
    }
}
