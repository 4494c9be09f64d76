/// The UTC offsets of a zone, from the distant past to the ``Instant/horizon``.
///
/// One table of periods: the history from a zone file, followed by its expanded rule for future years. Offsets are in
/// seconds east of UTC; instants are in seconds since 1970.
struct ZoneRules: Hashable, Sendable {
    /// A period in which the offset does not change.
    struct Period {
        /// Its first instant, and the first instant after it.
        let start, end: Int
        let offset: Int

        /// The local time at its end, if the clocks were not changed.
        var wallEnd: Int { end + offset }
        var wallStart: Int { start + offset }
    }

    /// The limit of offsets from UTC (RFC 9636, 3.2: at most 26 hours).
    static let widest = 26 * 3600
    /// Far beyond every instant that callers ask about, and far from overflow.
    private static let forever = 1 << 60

    private let starts: [Int]
    private let offsets: [Int]

    static let utc = ZoneRules(first: 0, changes: [])

    /// - Parameters:
    ///   - first: the offset before the first change.
    ///   - changes: the offset from each instant on, in ascending order. Entries that do not change the offset are
    ///     dropped.
    init(first: Int, changes: [(instant: Int, offset: Int)]) {
        var starts: [Int] = []
        var offsets = [first]
        for change in changes {
            if starts.last == change.instant {
                starts.removeLast()
                offsets.removeLast()
            }
            guard change.offset != offsets[offsets.count - 1] else { continue }
            starts.append(change.instant)
            offsets.append(change.offset)
        }
        (self.starts, self.offsets) = (starts, offsets)
    }

    var periodCount: Int { offsets.count }

    func period(_ index: Int) -> Period {
        Period(
            start: index == 0 ? -Self.forever : starts[index - 1],
            end: index == starts.count ? Self.forever : starts[index], offset: offsets[index]
        )
    }

    /// The index of the period that contains an instant, found by binary search.
    func periodIndex(at instant: Int) -> Int {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func offset(at instant: Int) -> Int { offsets[periodIndex(at: instant)] }

    /// All instants at which the clocks show a time, in ascending order.
    func instants(of wall: Int) -> [Int] {
        periods(from: wall - Self.widest, through: wall + Self.widest).compactMap { period in
            (period.start..<period.end).contains(wall - period.offset) ? wall - period.offset : nil
        }
    }

    /// The first instant at which the clocks show a time, or have just skipped it.
    func firstInstant(reaching wall: Int) -> Int {
        for period in periods(from: wall - Self.widest, through: wall + Self.widest) where wall < period.wallEnd {
            return max(period.start, wall - period.offset)
        }
        return wall - offset(at: wall)
    }

    /// The latest local time that the clocks have shown up to an instant: later than the time they show now, if they
    /// were set back.
    func latestWall(through instant: Int) -> Int {
        periods(from: instant - 2 * Self.widest, through: instant).reduce(Int.min) { latest, period in
            max(latest, min(period.end - 1, instant) + period.offset)
        }
    }

    private func periods(from first: Int, through last: Int) -> some Sequence<Period> {
        (periodIndex(at: first)...periodIndex(at: last)).lazy.map(period)
    }
}
