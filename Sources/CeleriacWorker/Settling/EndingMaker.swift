#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire

/// Makes the one value for the end of an attempt: verdict, calls that follow, record and events.
struct EndingMaker: Sendable {
    let app: TaskApp
    let worker: String
    /// The maximum number of retries that a message may ask for if its task's policy grants none.
    let messageRetries: Int
    /// `nil` if the broker carries no events.
    let events: EventDispatcher?
    let canvas: CanvasRunner

    func ending(of attempt: Attempt, _ execution: Execution) async -> Ending {
        // Most calls carry no canvas, which was found out before they ran.
        guard execution.mayContinue else { return plainEnding(of: attempt, execution) }
        return await continuedEnding(of: attempt, execution)
    }

    private func continuedEnding(of attempt: Attempt, _ execution: Execution) async -> Ending {
        let now = app.time.now
        let verdict = verdict(on: execution, of: attempt.delivery, now)
        return ending(of: attempt, execution, await canvas.next(after: verdict, execution, attempt.delivery), at: now)
    }

    /// The ending of a call that no other call follows. Not asynchronous, so that it needs no room in the task's frame.
    private func plainEnding(of attempt: Attempt, _ execution: Execution) -> Ending {
        let now = app.time.now
        let verdict = verdict(on: execution, of: attempt.delivery, now)
        return ending(of: attempt, execution, Continued(verdict: verdict), at: now)
    }

    private func verdict(on execution: Execution, of delivery: Delivery, _ now: Date) -> Verdict {
        var generator = SystemRandomNumberGenerator()
        return Verdict(
            on: execution.outcome, of: delivery.envelope, under: execution.task?.options.retry ?? .none,
            messageRetries: messageRetries, now: now, using: &generator)
    }

    /// The ending of a delivery that was not started: it goes back to the broker, uncounted.
    func ending(ofUnstarted attempt: Attempt) -> Ending {
        Ending(
            of: attempt, Execution(outcome: .interrupted), .givenBack(until: nil), record: nil, next: nil, notices: [],
            at: app.time.now)
    }

    /// The ending of a delivery whose call has already ended.
    func ending(ofRepeated attempt: Attempt) -> Ending {
        Ending(
            of: attempt, Execution(outcome: .interrupted), .repeated, record: nil, next: nil, notices: [],
            at: app.time.now)
    }

    /// The ending of a call that fails because the calls that follow it cannot be written.
    func ending(failing ending: Ending, with failure: TaskFailure) async -> Ending {
        let (attempt, execution) = (ending.attempt, ending.execution)
        let continued = await canvas.next(after: .failed(failure), execution, attempt.delivery)
        return self.ending(of: attempt, execution, continued, at: ending.date, isSubstitute: true)
    }

    private func ending(
        of attempt: Attempt, _ execution: Execution, _ continued: Continued, at now: Date,
        isSubstitute: Bool = false
    ) -> Ending {
        let verdict = continued.verdict
        var record = record(of: verdict, execution, attempt.delivery, now)
        record?.children += continued.children
        return Ending(
            of: attempt, execution, verdict, record: record, next: continued.next,
            notices: notices(of: execution, verdict, attempt, now), at: now, isSubstitute: isSubstitute)
    }

    /// The state to record, if results of this call are kept.
    private func record(
        of verdict: Verdict, _ execution: Execution, _ delivery: Delivery, _ now: Date
    ) -> StateChange? {
        // A replaced call is recorded as PENDING if callers could not wait for it otherwise.
        let isRecorded = verdict.state != .pending || verdict.replacement != nil && app.publisher.announces
        guard isRecorded, app.keepsResults, !app.ignoresResult(of: delivery.envelope, execution.task) else {
            return nil
        }
        let context =
            execution.context
            ?? TaskContext(
                app: app, envelope: delivery.envelope, queue: delivery.queue, worker: worker,
                deliveryCount: delivery.deliveryCount.minimum, startedAt: now)
        var change = context.change(to: verdict.state, at: now)
        change.result = verdict.result
        change.failure = verdict.failure
        return change
    }

    private func notices(
        of execution: Execution, _ verdict: Verdict, _ attempt: Attempt, _ now: Date
    ) -> [TaskNotice] {
        guard let events, events.wantsTasks else { return [] }
        let envelope = attempt.delivery.envelope
        return TaskNotice.ended(
            execution, verdict, envelope, CallText(of: envelope, app.codec), runtime: attempt.runtime(until: now),
            signal: attempt.signal?.number)
    }
}

extension Execution {
    /// Whether calls may follow the call: it carries a canvas, a canvas replaces it, or it is not known what it carries.
    fileprivate var mayContinue: Bool {
        if embed != nil || task == nil { return true }
        if case .replaced = outcome { return true }
        return false
    }
}

extension TaskApp {
    /// Whether the result of a call is not recorded: the message decides, otherwise its task, otherwise the app.
    func ignoresResult(of envelope: Envelope, _ task: AnyTask?) -> Bool {
        envelope.ignoreResult ?? (task?.options.ignoreResult == true || options.ignoreResults)
    }
}
