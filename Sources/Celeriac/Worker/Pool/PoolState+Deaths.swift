/// What becomes of a pool whose children die, and of what ran in them.
extension PoolState {
    mutating func died(_ child: Child, _ end: ChildEnd, isOutOfMemory: Bool) -> [Action] {
        guard let member = members.removeValue(forKey: child.number) else { return [] }
        let runs = member.running.values.sorted { $0.number < $1.number }
        let loss = ChildLoss(
            child, end, member.killing, runs, wasReady: member.status != .starting, isOutOfMemory: isOutOfMemory,
            linesKept: limits.linesKept
        )
        var actions: [Action] = []
        if member.status == .starting, member.killing == nil, !isStopping {
            actions += [.lost(loss)] + diedEarly(isQuarantine: child.isQuarantine, loss.text)
        } else if loss.cause != .ended, !runs.isEmpty || end.signal != nil {
            actions.append(.lost(loss))
        }
        return actions + settle(runs, loss, member.killing) + staff()
    }

    private mutating func settle(_ runs: [ChildRun], _ loss: ChildLoss, _ killing: Killing?) -> [Action] {
        switch killing {
        case .timeLimit(let culprit, let limit):
            return runs.map { run in
                .resolve(run, run.number == culprit ? run.run.task.outcome(ofExceeding: limit) : givenBack(run, loss))
            }
        case .termination(let culprit):
            return runs.map { run in
                .resolve(run, run.number == culprit ? stopped(run) : givenBack(run, loss))
            }
        case .shutdown: return runs.map { .resolve($0, givenBack($0, loss)) }
        case .memory, .violation, .silence, nil: return blame(runs, loss)
        }
    }

    /// A run whose child was killed because it did not heed its cancellation.
    private func stopped(_ run: ChildRun) -> Outcome {
        run.run.task.outcome(ofBeingStopped: run.run.attempt.cancelReason ?? .revoked)
    }

    private func givenBack(_ run: ChildRun, _ loss: ChildLoss) -> Outcome {
        run.run.attempt.isAcknowledged ? .discarded(loss.failure(with: loss.trace)) : run.outcomeOfBeingStopped
    }

    private mutating func blame(_ runs: [ChildRun], _ loss: ChildLoss) -> [Action] {
        guard runs.count > 1, !loss.isForeign else {
            return runs.map { .resolve($0, outcome(ofLosing: $0, loss)) }
        }
        // One of them did it. None is asked again that was to run once at most, nor one that is not wanted any more.
        let isOver = { (run: ChildRun) in run.run.attempt.isAcknowledged || run.run.attempt.cancelReason != nil }
        suspects += runs.filter { !isOver($0) }
        return runs.filter(isOver).map { .resolve($0, outcome(ofLosing: $0, loss)) }
    }

    private func outcome(ofLosing run: ChildRun, _ loss: ChildLoss) -> Outcome {
        if run.run.attempt.isAcknowledged { return .discarded(loss.failure(with: loss.trace)) }
        if let reason = run.run.attempt.cancelReason, reason != .softTimeLimit {
            return run.run.task.outcome(ofBeingStopped: reason)
        }
        return .crashed(
            WorkerLoss(
                loss, isBlamed: !loss.isForeign, limit: loss.isForeign ? deliveryLimit : limits.crashLimit
            )
        )
    }

    /// Before it was ready: the next one is started after a pause.
    mutating func diedEarly(isQuarantine: Bool, _ reason: String) -> [Action] {
        earlyDeaths += 1
        if isQuarantine { isWardPaused = true } else { pausedLaunches += 1 }
        let isHopeless = !hasOpened && earlyDeaths >= Self.mostEarlyDeaths
        return (isHopeless ? open(.impossible(reason)) : []) + [
            .launchLater(isQuarantine: isQuarantine, attempt: earlyDeaths)
        ]
    }
}
