import Synchronization

/// The bounded concurrency of a worker: how many deliveries it may hold, and which it holds.
///
/// A slot is taken by a claim and free again once its delivery is settled; so never more is claimed than can run.
final class Slots: Sendable {
    private struct State {
        var held: [Receipt: Attempt] = [:]
        var capacity: Int
        var waiter: CheckedContinuation<Void, Never>?
        /// Counts the ends and changes of capacity, so that a waiter can tell whether one came before it began to wait.
        var ends = 0
        /// By the clock: since when nothing is held; `nil` = something is, or there is no clock.
        var idleSince: Duration?
    }

    private let state: Guarded<State>
    private let clock: (any TimeSource)?

    /// - Parameter clock: tells since when nothing is held; `nil` = nobody asks.
    init(capacity: Int, clock: (any TimeSource)? = nil) {
        self.clock = clock
        state = Guarded(State(capacity: capacity, idleSince: clock?.uptime))
    }

    /// Since when nothing is held, by the clock's `uptime`; `nil` while something is.
    var idleSince: Duration? { state.withLock { $0.idleSince } }

    /// Less than none where it was shrunk below what runs.
    var free: Int { state.withLock { $0.capacity - $0.held.count } }
    var capacity: Int { state.withLock { $0.capacity } }
    var ends: Int { state.withLock { $0.ends } }
    var isIdle: Bool { state.withLock { $0.held.isEmpty } }
    var held: [Attempt] { state.withLock { Array($0.held.values) } }

    func take(_ attempts: [Attempt]) {
        state.withLock { state in
            for attempt in attempts { state.held[attempt.delivery.receipt] = attempt }
            if !attempts.isEmpty { state.idleSince = nil }
        }
    }

    func free(_ receipts: some Sequence<Receipt>) {
        let now = clock?.uptime
        let waiter = state.withLock { state in
            for receipt in receipts { state.held[receipt] = nil }
            if state.held.isEmpty { state.idleSince = state.idleSince ?? now }
            state.ends += 1
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Changes how many there are. What runs goes on; of fewer slots each is free again once enough has ended.
    ///
    /// - Returns: how many there are now; at least one.
    @discardableResult
    func resize(_ change: (Int) -> Int) -> Int {
        let (waiter, capacity) = state.withLock { state in
            state.capacity = max(1, change(state.capacity))
            state.ends += 1
            return (state.waiter.take(), state.capacity)
        }
        waiter?.resume()
        return capacity
    }

    func attempt(of id: TaskID) -> Attempt? {
        state.withLock { state in state.held.values.first { $0.delivery.id == id } }
    }

    /// Suspends until slots were freed after `ends` was read, or the current task is cancelled. For one waiter at a time.
    func waitForEnd(after ends: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.ends != ends || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    /// Suspends until nothing is held, or the current task is cancelled.
    func waitUntilIdle() async {
        while !Task.isCancelled {
            let ends = ends
            if isIdle { return }
            await waitForEnd(after: ends)
        }
    }
}
