import Logging

extension Settler {
    /// The ends of calls that fail since their ends cannot be written: with what follows a failure; if that cannot be written
    /// either, without; and without a record where none can be.
    func failing(_ ends: [End], _ refusal: CompletionRefusal) async -> [End] {
        var failing: [End] = []
        for end in ends {
            guard let reason = refusal.reasons[end.attempt.delivery.receipt] else { continue }
            report(reason, of: end)
            if let next = await end.failed(for: reason) { failing.append(next) }
        }
        return failing
    }

    private func report(_ reason: CompletionRefusal.Reason, of end: End) {
        app.logger.error(
            "the end of a call cannot be written; the call fails",
            metadata: [
                "error": "\(reason.error)", "task_id": "\(end.attempt.delivery.id)",
                "task": "\(end.attempt.delivery.envelope.task)", "queue": "\(end.attempt.delivery.queue)",
            ])
    }
}

extension Settler.End {
    /// - Returns: `nil` for an end that says nothing more than that the message is parked: it is given up, and the message comes
    ///   back when its lease is over.
    fileprivate func failed(for reason: CompletionRefusal.Reason) async -> Settler.End? {
        let failure = TaskFailure(type: "BrokerError", module: "Celeriac", message: "\(reason.error)")
        if let failing {
            let end = await failing(failure)
            return reason.part == .result ? end.with(change: nil, sequel: end.sequel) : end
        }
        guard change != nil || sequel != nil else { return nil }
        let end = failed(for: failure)
        guard reason.part == .continuation, var change = end.change else { return end.with(change: nil, sequel: nil) }
        (change.state, change.result, change.failure, change.children) = (.failure, nil, failure, [])
        return end.with(change: sequel == nil ? nil : change, sequel: nil)
    }

    private func failed(for failure: TaskFailure) -> Settler.End {
        Settler.End(
            attempt: attempt, verdict: .failed(failure), change: change, sequel: nil, context: context,
            isSettled: isSettled, task: task, notices: notices)
    }

    private func with(change: StateChange?, sequel: CanvasRunner.Sequel?) -> Settler.End {
        Settler.End(
            attempt: attempt, verdict: verdict, change: change, sequel: sequel, context: context,
            isSettled: isSettled, task: task, notices: notices)
    }
}
