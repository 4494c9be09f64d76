#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacCore

/// Actions that happen to runs after a time: the ends of graces and of time limits.
extension ProcessPool {
    /// Asks a run to stop. After a grace its child is killed, if the run was revoked or another worker has it by now. A
    /// run that must be killed has no grace.
    func cancel(_ run: ChildRun, because reason: CancelReason) {
        guard reason != .killed else {
            return change { $0.cancel(run, because: reason) + $0.kill(run, .termination(run.number), by: SIGKILL) }
        }
        change { $0.cancel(run, because: reason) }
        guard reason == .revoked || reason == .leaseLost else { return }
        let signal = Int32(clamping: run.run.handle.signal?.number ?? Int(SIGKILL))
        let isAskedFor = signal == SIGKILL && reason == .revoked && run.run.handle.signal != nil
        let grace = isAskedFor ? .zero : limits.terminationGrace
        errands.start { [weak self, time, rest = limits.terminationGrace] in
            if grace > .zero { try await time.sleep(for: grace) }
            self?.change { $0.kill(run, .termination(run.number), by: signal) }
            guard signal != SIGKILL else { return }
            try await time.sleep(for: rest)
            self?.change { $0.kill(run, .termination(run.number), by: SIGKILL) }
        }
    }

    /// Starts the time limits: the soft limit cancels the run, the hard limit kills its child.
    func startTimers(of run: ChildRun) {
        let times = run.run.times
        guard times.soft != nil || times.hard != nil else { return }
        // Held and cancelled by the run, which ends on threads that cannot await it.
        let timer = Task { [weak self, time] in
            if let soft = times.soft, times.hard.map({ soft < $0 }) ?? true {
                try await time.sleep(for: soft)
                run.run.handle.cancel(because: .softTimeLimit)
            }
            guard let hard = times.hard else { return }
            let soft = times.soft.map { min($0, hard) } ?? .zero
            try await time.sleep(for: hard - soft)
            self?.change { $0.kill(run, .timeLimit(run.number, hard), by: SIGKILL) }
        }
        run.keep(timer)
    }

    /// Changes the state after a pause, unless the pool is stopped before.
    func after(_ pause: Duration, _ body: @escaping @Sendable (inout PoolState) -> [PoolState.Action]) {
        errands.start { [weak self, time] in
            try await time.sleep(for: pause)
            self?.change(body)
        }
    }
}
