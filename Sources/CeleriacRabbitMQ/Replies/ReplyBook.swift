import CeleriacCore

/// The latest states of calls, bounded in number, bytes and time. Pure.
///
/// The state that arrived first goes first. States that somebody waits for stay, whatever the bounds.
struct ReplyBook: Sendable {
    private struct Entry {
        let record: TaskRecord
        let size: Int
        /// When it arrived, by the clock's uptime.
        let since: Duration
        /// The number of its place among those that may go.
        var place: UInt64
    }

    private let most: Int
    private let mostBytes: Int
    private let lifetime: Duration
    private var entries: [TaskID: Entry] = [:]
    /// The entries that may go, in their order. A place that is not its entry's own any longer is skipped.
    private var order: ArraySlice<(id: TaskID, place: UInt64)> = []
    private var places: UInt64 = 0
    /// How many callers wait for a call.
    private var waiting: [TaskID: Int] = [:]
    private(set) var byteCount = 0
    /// How many states were dropped because there were too many or too large ones.
    private(set) var droppedCount = 0

    init(most: Int, bytes: Int, lifetime: Duration) {
        self.most = max(1, most)
        mostBytes = max(0, bytes)
        self.lifetime = max(.seconds(1), lifetime)
    }

    var count: Int { entries.count }
    /// The number of places in use, for tests of its bound.
    var placeCount: Int { order.count }

    // MARK: Reading

    /// - Returns: `nil` if nothing has arrived, or if it has expired.
    func record(of id: TaskID, at now: Duration) -> TaskRecord? {
        guard let entry = entries[id], waiting[id] != nil || !isOver(entry, now) else { return nil }
        return entry.record
    }

    private func isOver(_ entry: Entry, _ now: Duration) -> Bool { now - entry.since >= lifetime }

    // MARK: Changing

    /// Takes a state, if the present one yields to it.
    ///
    /// - Parameter size: the bytes of its document.
    /// - Returns: whether it was taken.
    @discardableResult
    mutating func take(_ record: TaskRecord, size: Int, at now: Duration) -> Bool {
        if let old = self.record(of: record.id, at: now), !old.state.yields(to: record.state) { return false }
        remove(record.id)
        entries[record.id] = Entry(record: record, size: size, since: now, place: 0)
        byteCount += size
        if waiting[record.id] == nil { queue(record.id) }
        shrink(now)
        return true
    }

    mutating func remove(_ id: TaskID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        byteCount -= entry.size
    }

    /// Keeps the states of a call until the matching ``endWait(for:at:)``.
    mutating func beginWait(for id: TaskID) { waiting[id, default: 0] += 1 }

    mutating func endWait(for id: TaskID, at now: Duration) {
        guard let count = waiting[id] else { return }
        waiting[id] = count > 1 ? count - 1 : nil
        guard count == 1, entries[id] != nil else { return }
        queue(id)
        shrink(now)
    }

    // MARK: Bounds

    /// Puts an entry behind all others that may go.
    private mutating func queue(_ id: TaskID) {
        places += 1
        entries[id]?.place = places
        order.append((id, places))
    }

    private mutating func shrink(_ now: Duration) {
        while let first = order.first {
            guard let entry = entries[first.id], entry.place == first.place, waiting[first.id] == nil else {
                order.removeFirst()
                continue
            }
            let isFull = entries.count > most || byteCount > mostBytes
            guard isFull || isOver(entry, now) else { break }
            order.removeFirst()
            if isFull { droppedCount += 1 }
            remove(first.id)
        }
        compact()
    }

    /// Drops the places of replaced states once they are the greater part: a call that often reports its progress
    /// leaves many.
    private mutating func compact() {
        guard order.count > 2 * entries.count + 64 else { return }
        order = ArraySlice(order.filter { entries[$0.id]?.place == $0.place })
    }
}
