import CeleriacCore
import Synchronization

/// Those of this process who wait for a commit: consumers by queue, callers by the call whose record they want, workers
/// for revocations. Wakes only whom it concerns.
final class WakeUps: Sendable {
    /// What somebody waits for.
    enum Event: Hashable, Sendable {
        case message(QueueName)
        case record(TaskID)
        case revocation
    }

    private struct State {
        var waiters: [Event: [ObjectIdentifier: Waiter]] = [:]
    }
    private let state = Guarded(State())

    /// Rings `waiter` at each of these events, until it leaves.
    func add(_ waiter: Waiter, for events: [Event]) {
        state.withLock { state in
            for event in events { state.waiters[event, default: [:]][ObjectIdentifier(waiter)] = waiter }
        }
    }

    func remove(_ waiter: Waiter, for events: [Event]) {
        state.withLock { state in
            for event in events {
                state.waiters[event]?[ObjectIdentifier(waiter)] = nil
                if state.waiters[event]?.isEmpty == true { state.waiters[event] = nil }
            }
        }
    }

    var isEmpty: Bool { state.withLock { $0.waiters.isEmpty } }

    /// Wakes whom a commit of this process concerns.
    func wake(_ wakes: Wakes) {
        guard !wakes.isEmpty else { return }
        ring { waiters in
            guard !waiters.isEmpty else { return [] }
            var rung = wakes.queues.flatMap { waiters[.message($0)]?.values.map { $0 } ?? [] }
            for id in wakes.calls + wakes.moved {
                if let found = waiters[.record(id)] { rung += found.values }
            }
            if wakes.hasRevocations, let found = waiters[.revocation] { rung += found.values }
            return rung
        }
    }

    /// Wakes all who wait for something of this kind: another process has committed, and did not say what.
    func wakeAll(_ kinds: Set<Bell.Kind>) {
        ring { waiters in
            waiters.filter { kinds.contains(Bell.Kind($0.key)) }.flatMap { $0.value.values }
        }
    }

    private func ring(_ concerned: ([Event: [ObjectIdentifier: Waiter]]) -> [Waiter]) {
        let rung = state.withLock { concerned($0.waiters) }
        for waiter in rung { waiter.ring() }
    }
}

/// Somebody who looks, then waits until it may be worth looking again. A ring in between is not lost.
final class Waiter: Sendable {
    private enum State {
        case looking, rung
        case waiting(CheckedContinuation<Void, any Error>)
    }
    private let state = Guarded(State.looking)

    func ring() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            defer { state = .rung }
            if case .waiting(let waiting) = state {
                return waiting
            }
            return nil
        }
        waiting?.resume()
    }

    /// To be called before each look.
    func look() {
        state.withLock { state in
            if case .rung = state { state = .looking }
        }
    }

    /// Suspends until rung since the last look, or for `duration`.
    ///
    /// - Throws: `CancellationError` when cancelled.
    func wait(atMost duration: Duration, _ time: any TimeSource) async throws {
        if state.withLock({ if case .rung = $0 { true } else { false } }) { return try Task.checkCancellation() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.untilRung() }
            group.addTask { try await time.sleep(for: duration) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func untilRung() async throws {
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
