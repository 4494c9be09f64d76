import Logging

/// Endings that replace those that a store has refused to write.
extension EndingMaker {
    /// Makes an ending in which the call fails with the reason, and with the calls that follow a failure. If that was
    /// refused too, the calls that follow are left out. The record is left out if the store refuses it.
    ///
    /// - Returns: `nil` if nothing remains to leave out. The end is given up then, and the message comes back when its
    ///   lease is over.
    func substitute(for ending: Ending, refused reason: CompletionRefusal.Reason) async -> Ending? {
        report(reason, of: ending)
        let failure = TaskFailure(type: "BrokerError", module: "Celeriac", message: "\(reason.error)")
        let mayFail = ending.next != nil || ending.verdict.isNextAttempt || reason.part == .effect
        if mayFail, !ending.isSubstitute {
            let failed = await self.ending(failing: ending, with: failure)
            EndingLog(app.logger, orderly: .debug).write(failed)
            return reason.part == .result
                ? failed.failing(with: failed.verdict, record: nil, next: failed.next) : failed
        }
        guard ending.record != nil || ending.next != nil else { return nil }
        let isRecorded = reason.part == .continuation && ending.next != nil
        let record = isRecorded ? ending.record.map { $0.failed(with: failure) } : nil
        return ending.failing(with: .failed(failure), record: record, next: nil)
    }

    private func report(_ reason: CompletionRefusal.Reason, of ending: Ending) {
        let delivery = ending.attempt.delivery
        app.logger.error(
            "the outcome of a call cannot be stored; the call fails",
            metadata: [
                "error": "\(reason.error)", "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)",
                "queue": "\(delivery.queue)",
            ])
    }
}

extension Ending {
    fileprivate func failing(with verdict: Verdict, record: StateChange?, next: Next?) -> Ending {
        Ending(
            of: attempt, execution, verdict, record: record, next: next, notices: notices, at: date,
            isSubstitute: true)
    }
}

extension StateChange {
    fileprivate func failed(with failure: TaskFailure) -> StateChange {
        var change = self
        (change.state, change.result, change.failure, change.children) = (.failure, nil, failure, [])
        return change
    }
}
