/// What ``Slots`` holds, as a value.
///
/// ```
/// take ---> waiting ---> running ---> ended ---> free        end and free give slots to what waits
///              |
///              `---> withdraw ---> given back, free
/// ```
struct SlotBook {
    private enum Stage { case waiting, running, ended }

    private struct Holding {
        let attempt: Attempt
        var stage: Stage
        /// Since when it is in this stage, by the clock's `uptime`.
        var since: Duration
    }

    private(set) var capacity: Int
    /// Since when nothing is held; `nil` while something is.
    private(set) var idleSince: Duration?
    private var window: Window
    private var holdings: [Receipt: Holding] = [:]
    /// Those that wait, the longest first.
    private var line = Line()
    private var running = 0

    init(capacity: Int, window: Window, now: Duration) {
        self.capacity = capacity
        self.window = window
        idleSince = now
    }

    var isEmpty: Bool { holdings.isEmpty }
    var waits: Bool { !line.isEmpty }
    var held: [Attempt] { holdings.values.map(\.attempt) }
    /// Those that were given a slot and are not settled.
    var begun: [Attempt] { holdings.values.filter { $0.stage != .waiting }.map(\.attempt) }
    var begunCount: Int { holdings.count - line.count }

    /// How many deliveries to claim now. While deliveries wait, the next ones are claimed once half of what may be held is
    /// gone, so that claims stay large.
    var room: Int {
        let most = capacity + window.size
        return line.isEmpty || holdings.count <= most / 2 ? most - holdings.count : 0
    }

    func attempt(of id: TaskID) -> Attempt? {
        holdings.values.first { $0.attempt.delivery.id == id }?.attempt
    }

    /// When the delivery that waits longest began to wait; `nil` if none waits.
    var waitingSince: Duration? { line.first.flatMap { holdings[$0.delivery.receipt]?.since } }

    /// Holds deliveries.
    ///
    /// - Returns: those that have a slot and are to be started.
    mutating func take(_ attempts: [Attempt], at now: Duration) -> [Attempt] {
        for attempt in attempts {
            holdings[attempt.delivery.receipt] = Holding(attempt: attempt, stage: .waiting, since: now)
        }
        line.append(attempts)
        idleSince = nil
        return startable(at: now)
    }

    /// An attempt has ended. It is held until it is settled.
    ///
    /// - Returns: those to be started now.
    mutating func end(_ receipt: Receipt, at now: Duration) -> [Attempt] {
        guard let place = holdings.index(forKey: receipt), holdings.values[place].stage == .running else { return [] }
        window.note(now - holdings.values[place].since, slots: capacity)
        holdings.values[place].stage = .ended
        running -= 1
        return startable(at: now)
    }

    /// Deliveries were settled.
    ///
    /// - Returns: those to be started now.
    mutating func free(_ receipts: some Sequence<Receipt>, at now: Duration) -> [Attempt] {
        for receipt in receipts {
            // It may be settled before the thread that ran it says that it has ended.
            guard let holding = holdings.removeValue(forKey: receipt), holding.stage == .running else { continue }
            window.note(now - holding.since, slots: capacity)
            running -= 1
        }
        if holdings.isEmpty { idleSince = idleSince ?? now }
        return startable(at: now)
    }

    /// - Returns: those to be started now.
    mutating func resize(to capacity: Int, at now: Duration) -> [Attempt] {
        self.capacity = max(1, capacity)
        return startable(at: now)
    }

    /// Takes out what waits, and closes the window, if one has waited for at least this long. All are held until they are
    /// settled.
    mutating func withdraw(ifWaitingFor limit: Duration, at now: Duration) -> [Attempt] {
        guard let since = waitingSince, now - since >= limit else { return [] }
        let all = line.take(upTo: .max)
        for attempt in all { holdings[attempt.delivery.receipt]?.stage = .ended }
        window.close()
        return all
    }

    mutating func closeWindow() { window = Window(most: 0) }

    /// Gives free slots to those that wait longest.
    private mutating func startable(at now: Duration) -> [Attempt] {
        guard !line.isEmpty else { return [] }
        let starting = line.take(upTo: capacity - running)
        for attempt in starting {
            holdings[attempt.delivery.receipt] = Holding(attempt: attempt, stage: .running, since: now)
        }
        running += starting.count
        return starting
    }
}
