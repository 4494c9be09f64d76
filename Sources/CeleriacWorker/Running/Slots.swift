import Synchronization

/// The deliveries that a worker holds: those that run, at most as many as it has slots; those that have ended and are
/// not settled yet; and those that wait in the ``Window`` in front of the slots.
///
/// ```
/// take ---> waiting ---> running ---> ended ---> free        end() and free() start what waits
///              |
///              `---> withdraw ---> given back
/// ```
///
/// While the window is closed, a delivery keeps its slot until it is settled: the worker holds only what it can run.
final class Slots: Sendable {
    private enum Stage { case waiting, running, ended }

    private struct Holding {
        let attempt: Attempt
        var stage: Stage
        /// Since when it is in this stage, by the clock's `uptime`.
        var since: Duration
    }

    private struct State {
        var held: [Receipt: Holding] = [:]
        /// Those that wait, the longest first.
        var line = Line()
        var running = 0
        var capacity: Int
        var window: Window
        /// Since when nothing is held; `nil` while something is.
        var idleSince: Duration?

        /// Gives free slots to those that wait longest.
        mutating func startable(at now: Duration) -> [Attempt] {
            let starting = line.take(upTo: capacity - running)
            for attempt in starting { held[attempt.delivery.receipt] = Holding(attempt: attempt, stage: .running, since: now) }
            running += starting.count
            return starting
        }
    }

    private let state: Guarded<State>
    /// Signals each settled delivery and each change of capacity.
    private let changes = Waiter()
    /// Signals that deliveries wait.
    private let arrivals = Waiter()
    private let clock: any TimeSource
    /// Starts attempts; set before the first is taken.
    private let starter = Guarded<@Sendable ([Attempt]) -> Void>({ _ in })

    /// - Parameter window: the most deliveries that may wait in front of the slots.
    init(capacity: Int, window: Int = 0, clock: any TimeSource) {
        self.clock = clock
        state = Guarded(State(capacity: capacity, window: Window(most: window), idleSince: clock.uptime))
    }

    /// Sets what starts the attempts.
    func onStart(_ start: @escaping @Sendable ([Attempt]) -> Void) { starter.withLock { $0 = start } }

    /// Since when nothing is held, by the clock's `uptime`; `nil` while something is held.
    var idleSince: Duration? { state.withLock { $0.idleSince } }
    var capacity: Int { state.withLock { $0.capacity } }
    var isIdle: Bool { state.withLock { $0.held.isEmpty } }
    /// All of them, also those that wait.
    var held: [Attempt] { state.withLock { $0.held.values.map(\.attempt) } }
    /// Those that were given a slot and are not settled.
    var begun: [Attempt] { state.withLock { $0.held.values.filter { $0.stage != .waiting }.map(\.attempt) } }
    var begunCount: Int { state.withLock { $0.held.count - $0.line.count } }

    /// How many deliveries to claim now; not positive while enough is held. While deliveries wait, the next ones are
    /// claimed once half of what may be held is gone, so that claims stay large.
    var room: Int {
        state.withLock { state in
            let most = state.capacity + state.window.size
            return state.line.count == 0 || state.held.count <= most / 2 ? most - state.held.count : 0
        }
    }

    /// Takes deliveries, and starts those for which there is a slot; the others wait.
    func take(_ attempts: [Attempt]) {
        guard !attempts.isEmpty else { return }
        let now = clock.uptime
        let (starting, waits) = state.withLock { state in
            for attempt in attempts {
                state.held[attempt.delivery.receipt] = Holding(attempt: attempt, stage: .waiting, since: now)
            }
            state.line.append(attempts)
            state.idleSince = nil
            return (state.startable(at: now), state.line.count > 0)
        }
        start(starting)
        if waits { arrivals.ring() }
    }

    /// An attempt has ended: its slot goes to the next one that waits. It is held until it is settled.
    func end(_ attempt: Attempt) {
        let now = clock.uptime
        let receipt = attempt.delivery.receipt
        start(
            state.withLock { state in
                guard let place = state.held.index(forKey: receipt), state.held.values[place].stage == .running else {
                    return []
                }
                state.window.note(now - state.held.values[place].since, slots: state.capacity)
                state.held.values[place].stage = .ended
                state.running -= 1
                return state.line.count == 0 ? [] : state.startable(at: now)
            })
    }

    /// Deliveries were settled, and are held no longer.
    func free(_ receipts: some Sequence<Receipt>) {
        let now = clock.uptime
        start(
            state.withLock { state in
                for receipt in receipts {
                    if state.held.removeValue(forKey: receipt)?.stage == .running { state.running -= 1 }
                }
                if state.held.isEmpty { state.idleSince = state.idleSince ?? now }
                return state.startable(at: now)
            })
        changes.ring()
    }

    /// Changes the capacity. Running deliveries go on; after a reduction, slots are free again
    /// once enough of them have ended.
    ///
    /// - Returns: the new capacity; at least one.
    @discardableResult
    func resize(_ change: (Int) -> Int) -> Int {
        let now = clock.uptime
        let (capacity, starting) = state.withLock { state in
            state.capacity = max(1, change(state.capacity))
            return (state.capacity, state.startable(at: now))
        }
        start(starting)
        changes.ring()
        return capacity
    }

    private func start(_ attempts: [Attempt]) {
        if !attempts.isEmpty { starter.withLock { $0 }(attempts) }
    }

    func attempt(of id: TaskID) -> Attempt? {
        state.withLock { state in state.held.values.first { $0.attempt.delivery.id == id }?.attempt }
    }

    // MARK: Waiting

    /// Keeps the window closed from now on.
    func closeWindow() { state.withLock { $0.window = Window(most: 0) } }

    /// Since when the oldest of those that wait does so; `nil` if none waits.
    private var waitingSince: Duration? {
        state.withLock { state in state.line.first.flatMap { state.held[$0.delivery.receipt]?.since } }
    }

    /// Removes what waits, and closes the window, if one has waited for at least this long. The caller gives them back;
    /// until then they are held.
    func withdraw(ifWaitingFor limit: Duration = .zero) -> [Attempt] {
        let now = clock.uptime
        return state.withLock { state in
            guard let first = state.line.first, let since = state.held[first.delivery.receipt]?.since,
                now - since >= limit
            else { return [] }
            let all = state.line.take(upTo: .max)
            for attempt in all { state.held[attempt.delivery.receipt]?.stage = .ended }
            state.window.close()
            return all
        }
    }

    /// Suspends until a delivery has waited for this long, or the current task is cancelled.
    ///
    /// - Returns: `false` if the task was cancelled.
    func waitUntilOneWaits(for limit: Duration) async -> Bool {
        while !Task.isCancelled {
            arrivals.look()
            guard let since = waitingSince else {
                do { try await arrivals.wait() } catch { return false }
                continue
            }
            if clock.uptime - since >= limit { return true }
            do { try await clock.sleep(untilUptime: since + limit) } catch { return false }
        }
        return false
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

/// Attempts in the order in which they were claimed.
private struct Line {
    private var attempts: [Attempt] = []
    private var head = 0

    var count: Int { attempts.count - head }
    var first: Attempt? { head < attempts.count ? attempts[head] : nil }

    mutating func append(_ more: [Attempt]) { attempts += more }

    mutating func take(upTo limit: Int) -> [Attempt] {
        let count = min(count, max(0, limit))
        guard count > 0 else { return [] }
        let taken = Array(attempts[head..<head + count])
        head += count
        if head == attempts.count { (attempts, head) = ([], 0) } else if head > 256, 2 * head > attempts.count {
            attempts.removeFirst(head)
            head = 0
        }
        return taken
    }
}
