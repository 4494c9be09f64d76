import Synchronization

/// The bounded concurrency of a worker: how many deliveries it may hold, and which it holds.
///
/// A slot is taken by a claim and free again once its delivery is settled; so never more is claimed than can run.
final class Slots: Sendable {
    private struct State {
        var held: [Receipt: Attempt] = [:]
        var capacity: Int
        /// By the clock: since when nothing is held; `nil` if something is, or without a clock.
        var idleSince: Duration?
    }

    private let state: Guarded<State>
    /// Rings at each end and change of capacity.
    private let changes = Waiter()
    private let clock: (any TimeSource)?

    /// - Parameter clock: tells since when nothing is held; `nil` if nobody asks.
    init(capacity: Int, clock: (any TimeSource)? = nil) {
        self.clock = clock
        state = Guarded(State(capacity: capacity, idleSince: clock?.uptime))
    }

    /// Since when nothing is held, by the clock's `uptime`; `nil` while something is.
    var idleSince: Duration? { state.withLock { $0.idleSince } }

    /// Negative if the capacity was shrunk below what runs.
    var free: Int { state.withLock { $0.capacity - $0.held.count } }
    var capacity: Int { state.withLock { $0.capacity } }
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
        state.withLock { state in
            for receipt in receipts { state.held[receipt] = nil }
            if state.held.isEmpty { state.idleSince = state.idleSince ?? now }
        }
        changes.ring()
    }

    /// Changes the capacity. What runs goes on; after a shrink, slots are free again once enough has ended.
    ///
    /// - Returns: the new capacity; at least one.
    @discardableResult
    func resize(_ change: (Int) -> Int) -> Int {
        let capacity = state.withLock { state in
            state.capacity = max(1, change(state.capacity))
            return state.capacity
        }
        changes.ring()
        return capacity
    }

    func attempt(of id: TaskID) -> Attempt? {
        state.withLock { state in state.held.values.first { $0.delivery.id == id } }
    }

    /// To be called before slots are looked at, so that ``waitForChange()`` misses no change after it.
    func look() { changes.look() }

    /// Suspends until slots were freed or resized since the last ``look()``, or the current task is cancelled. For one
    /// waiter at a time.
    func waitForChange() async {
        // Cancellation ends the wait like a change does: the caller looks for itself.
        do { try await changes.wait() } catch { return }
    }

    /// Suspends until nothing is held, or the current task is cancelled.
    func waitUntilIdle() async {
        while !Task.isCancelled {
            look()
            if isIdle { return }
            await waitForChange()
        }
    }
}
