import Synchronization

/// Lets a task check a condition, then wait until checking again may be worthwhile. A ring between check and wait is
/// not lost.
package final class Waiter: Sendable {
    private enum State {
        case looking, rung
        case waiting(CheckedContinuation<Void, any Error>)
    }
    private let state = Guarded(State.looking)

    package init() {}

    package func ring() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            defer { state = .rung }
            if case .waiting(let waiting) = state {
                return waiting
            }
            return nil
        }
        waiting?.resume()
    }

    /// Starts a check. Call it before each check of the condition.
    package func look() {
        state.withLock { state in
            if case .rung = state { state = .looking }
        }
    }

    /// Suspends until it has been rung since the last check, or until the uptime is `deadline`.
    ///
    /// - Throws: `CancellationError` when cancelled.
    package func wait(until deadline: Duration, _ time: any TimeSource) async throws {
        if state.withLock({ if case .rung = $0 { true } else { false } }) { return try Task.checkCancellation() }
        if time is SystemTime { return try await waitByAlarm(until: deadline, time) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.wait() }
            group.addTask { try await time.sleep(untilUptime: deadline) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Does the same by the machine's own clock, without a child task and a timer for each wait.
    private func waitByAlarm(until deadline: Duration, _ time: any TimeSource) async throws {
        guard deadline > time.uptime else { return try Task.checkCancellation() }
        let alarm = AlarmClock.shared.set(for: self, at: deadline)
        defer { AlarmClock.shared.clear(alarm, of: self) }
        try await wait()
    }

    /// Suspends until it has been rung since the last check.
    ///
    /// - Throws: `CancellationError` when cancelled.
    package func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { park($0) }
        } onCancel: {
            cancel()
        }
    }

    private func park(_ continuation: CheckedContinuation<Void, any Error>) {
        enum Answer { case rung, cancelled, parked }
        let answer = state.withLock { state -> Answer in
            if case .rung = state { return .rung }
            if Task.isCancelled { return .cancelled }
            state = .waiting(continuation)
            return .parked
        }
        switch answer {
        case .rung: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        case .parked: break
        }
    }

    private func cancel() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard case .waiting(let waiting) = state else { return nil }
            state = .looking
            return waiting
        }
        waiting?.resume(throwing: CancellationError())
    }
}
