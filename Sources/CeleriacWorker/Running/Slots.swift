import Synchronization

/// The bounded concurrency of a worker: how many deliveries it may hold, and which it holds.
///
/// A claim takes a slot, which is free again once the delivery is settled: a worker claims only what it can run.
final class Slots: Sendable {
    private struct State {
        var held: [Receipt: Attempt] = [:]
        var capacity: Int
        /// Since when nothing is held, by the clock; `nil` if something is held, or without a clock.
        var idleSince: Duration?
    }

    private let state: Guarded<State>
    /// Signals each end and each change of capacity.
    private let changes = Waiter()
    private let clock: (any TimeSource)?

    /// - Parameter clock: measures since when nothing is held; `nil` if that is not needed.
    init(capacity: Int, clock: (any TimeSource)? = nil) {
        self.clock = clock
        state = Guarded(State(capacity: capacity, idleSince: clock?.uptime))
    }

    /// Since when nothing is held, by the clock's `uptime`; `nil` while something is held.
    var idleSince: Duration? { state.withLock { $0.idleSince } }

    /// Negative if the capacity was reduced below the number of running deliveries.
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

    /// Changes the capacity. Running deliveries go on; after a reduction, slots are free again
    /// once enough of them have ended.
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

    /// Call it before looking at the slots, so that ``waitForChange()`` misses no change that comes after.
    func look() { changes.look() }

    /// Suspends until slots were freed or resized since the last ``look()``, or the current task is cancelled. For one
    /// waiter at a time.
    func waitForChange() async {
        // Cancellation ends the wait like a change does: the caller checks for itself.
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
