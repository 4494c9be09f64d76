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
