import CeleriacCore

/// What happens when a child dies: to the pool, and to the runs that were in it.
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
                .resolve(run, run.number == culprit ? run.work.outcome(ofExceeding: limit) : givenBack(run, loss))
            }
        case .termination(let culprit):
            return runs.map { run in
                .resolve(run, run.number == culprit ? stopped(run) : givenBack(run, loss))
            }
        case .shutdown: return runs.map { .resolve($0, givenBack($0, loss)) }
        case .memory, .violation, .silence, nil: return blame(runs, loss)
        }
    }

    /// The outcome of a run whose child was killed because the run ignored its cancellation.
    private func stopped(_ run: ChildRun) -> Outcome {
        run.work.outcome(ofBeingStopped: run.run.handle.cancelReason ?? .revoked)
    }

    private func givenBack(_ run: ChildRun, _ loss: ChildLoss) -> Outcome {
        run.run.handle.isAcknowledged ? .discarded(loss.failure(with: loss.trace)) : run.outcomeOfBeingStopped
    }

    private mutating func blame(_ runs: [ChildRun], _ loss: ChildLoss) -> [Action] {
        guard runs.count > 1, !loss.isForeign else {
            return runs.map { .resolve($0, outcome(ofLosing: $0, loss)) }
        }
        // One of them crashed the child: each runs again, alone, except cancelled runs and runs that may run only once.
        let isOver = { (run: ChildRun) in run.run.handle.isAcknowledged || run.run.handle.cancelReason != nil }
        suspects += runs.filter { !isOver($0) }
        return runs.filter(isOver).map { .resolve($0, outcome(ofLosing: $0, loss)) }
    }

    private func outcome(ofLosing run: ChildRun, _ loss: ChildLoss) -> Outcome {
        if run.run.handle.isAcknowledged { return .discarded(loss.failure(with: loss.trace)) }
        if let reason = run.run.handle.cancelReason, reason != .softTimeLimit {
            return run.work.outcome(ofBeingStopped: reason)
        }
        return .crashed(
            WorkerLoss(
                loss, isBlamed: !loss.isForeign, limit: loss.isForeign ? deliveryLimit : limits.crashLimit
            )
        )
    }

    /// A child died before it was ready: the next one is started after a pause.
    mutating func diedEarly(isQuarantine: Bool, _ reason: String) -> [Action] {
        earlyDeaths += 1
        if isQuarantine { isWardPaused = true } else { pausedLaunches += 1 }
        let isHopeless = !hasOpened && earlyDeaths >= Self.mostEarlyDeaths
        return (isHopeless ? open(.impossible(reason)) : []) + [
            .launchLater(isQuarantine: isQuarantine, attempt: earlyDeaths)
        ]
    }
}
