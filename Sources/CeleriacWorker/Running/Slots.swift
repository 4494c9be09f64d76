import Synchronization

/// The deliveries that a worker holds: those that run, at most as many as it has slots; those that have ended and are
/// not settled yet; and those that wait in the ``Window`` in front of the slots. See ``SlotBook``.
///
/// While the window is closed, a delivery keeps its place until it is settled: the worker holds only what it can run.
final class Slots: Sendable {
    private let book: Guarded<SlotBook>
    /// Signals each settled delivery and each change of capacity.
    private let changes = Waiter()
    /// Signals that deliveries wait.
    private let arrivals = Waiter()
    private let clock: any TimeSource
    /// Starts attempts; set before the first is taken.
    private let starter = Guarded(Starter { _ in })

    /// A lock that holds a bare function wraps it anew at each access, so that its calls become slower and slower.
    private struct Starter {
        let start: @Sendable ([Attempt]) -> Void
    }

    /// - Parameter window: the most deliveries that may wait in front of the slots.
    init(capacity: Int, window: Int = 0, clock: any TimeSource) {
        self.clock = clock
        book = Guarded(SlotBook(capacity: capacity, window: Window(most: window), now: clock.uptime))
    }

    /// Sets what starts the attempts.
    func onStart(_ start: @escaping @Sendable ([Attempt]) -> Void) {
        starter.withLock { $0 = Starter(start: start) }
    }

    /// Since when nothing is held, by the clock's `uptime`; `nil` while something is held.
    var idleSince: Duration? { book.withLock { $0.idleSince } }
    var capacity: Int { book.withLock { $0.capacity } }
    var isIdle: Bool { book.withLock { $0.isEmpty } }
    /// All of them, also those that wait.
    var held: [Attempt] { book.withLock { $0.held } }
    /// Those that were given a slot and are not settled.
    var begun: [Attempt] { book.withLock { $0.begun } }
    var begunCount: Int { book.withLock { $0.begunCount } }
    /// Whether some wait in the window.
    var waits: Bool { book.withLock { $0.waits } }
    /// How many deliveries to claim now; not positive while enough is held.
    var room: Int { book.withLock { $0.room } }

    func attempt(of id: TaskID) -> Attempt? { book.withLock { $0.attempt(of: id) } }

    /// Takes deliveries, and starts those for which there is a slot; the others wait.
    func take(_ attempts: [Attempt]) {
        guard !attempts.isEmpty else { return }
        let now = clock.uptime
        let (starting, waits) = book.withLock { book in (book.take(attempts, at: now), book.waits) }
        start(starting)
        if waits { arrivals.ring() }
    }

    /// An attempt has ended: its slot goes to the next one that waits. It is held until it is settled.
    func end(_ attempt: Attempt) {
        let now = clock.uptime
        start(book.withLock { $0.end(attempt.delivery.receipt, at: now) })
    }

    /// Deliveries were settled, and are held no longer.
    func free(_ receipts: some Sequence<Receipt>) {
        let now = clock.uptime
        start(book.withLock { $0.free(receipts, at: now) })
        changes.ring()
    }

    /// Changes the capacity. Running deliveries go on; after a reduction, slots are free again
    /// once enough of them have ended.
    ///
    /// - Returns: the new capacity; at least one.
    @discardableResult
    func resize(_ change: (Int) -> Int) -> Int {
        let now = clock.uptime
        let (capacity, starting) = book.withLock { book in
            let starting = book.resize(to: change(book.capacity), at: now)
            return (book.capacity, starting)
        }
        start(starting)
        changes.ring()
        return capacity
    }

    private func start(_ attempts: [Attempt]) {
        if !attempts.isEmpty { starter.withLock { $0 }.start(attempts) }
    }

    // MARK: The window

    /// Keeps the window closed from now on.
    func closeWindow() { book.withLock { $0.closeWindow() } }

    /// Takes out what waits, and closes the window, if one has waited for at least this long. The caller gives them back;
    /// until then they are held.
    func withdraw(ifWaitingFor limit: Duration = .zero) -> [Attempt] {
        let now = clock.uptime
        return book.withLock { $0.withdraw(ifWaitingFor: limit, at: now) }
    }

    /// Suspends until a delivery has waited for this long, or the current task is cancelled.
    ///
    /// - Returns: `false` if the task was cancelled.
    func waitUntilOneWaits(for limit: Duration) async -> Bool {
        while !Task.isCancelled {
            arrivals.look()
            guard let since = book.withLock({ $0.waitingSince }) else {
                do { try await arrivals.wait() } catch { return false }
                continue
            }
            if clock.uptime - since >= limit { return true }
            do { try await clock.sleep(untilUptime: since + limit) } catch { return false }
        }
        return false
    }

    // MARK: Waiting

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
