/// How many deliveries may wait in front of a worker's slots, so that claims and settlements come in batches.
///
/// It starts at zero and grows while tasks are short, up to what the slots run in ``span``. Long tasks close it, and so
/// does a delivery that has waited too long, so that other workers receive the waiting deliveries.
struct Window: Sendable {
    /// How much work may wait.
    static let span = Duration.milliseconds(5)
    /// If tasks run at least this long on average, no delivery waits for them.
    static let longTask = Duration.milliseconds(25)

    /// How many deliveries may wait.
    private(set) var size = 0
    private let most: Int
    /// The running mean of how long a task runs, in nanoseconds.
    private var mean: Double = 0
    /// The runs noted since the size was last chosen.
    private var runs = 0

    /// - Parameter most: the largest size; 0 keeps the window closed.
    init(most: Int) { self.most = most }

    /// Notes how long a task ran.
    mutating func note(_ run: Duration, slots: Int) {
        guard most > 0 else { return }
        let run = run.nanoseconds
        mean = mean == 0 ? run : mean + (run - mean) / 16
        runs += 1
        guard runs >= max(8, min(slots, 64)) else { return }
        runs = 0
        let wanted = wanted(slots)
        // A step at a time: the first short tasks may not be like the next.
        size = wanted <= size ? wanted : min(wanted, max(slots, 2 * size))
    }

    /// Closes it until tasks have been short again for a while.
    mutating func close() {
        size = 0
        runs = 0
        mean = Self.longTask.nanoseconds
    }

    private func wanted(_ slots: Int) -> Int {
        guard mean < Self.longTask.nanoseconds else { return 0 }
        return Int(min(Double(most), Double(slots) * Self.span.nanoseconds / max(mean, 1_000)))
    }
}

extension Duration {
    fileprivate var nanoseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    }
}
