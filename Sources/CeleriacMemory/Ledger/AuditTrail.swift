import CeleriacCore

/// The entries of the audit log, in the order in which they were first appended.
struct AuditTrail {
    private var entries: [AuditEntry] = []
    /// How many entries at the beginning of ``entries`` are dropped.
    private var start = 0
    /// The number of the first entry of ``entries``, counted from the first entry ever.
    private var base = 0
    private var numbers: [String: Int] = [:]

    mutating func append(_ entry: AuditEntry, _ now: Moment) {
        if let number = numbers[entry.id] { return entries[number - base] = entry }
        numbers[entry.id] = base + entries.count
        entries.append(entry)
        dropOldest(now)
    }

    /// The entries with numbers below `last`, the newest first.
    func list(before last: Int, limit: Int) -> [(entry: AuditEntry, number: Int)] {
        let end = max(start, min(last - base, entries.count))
        return (start..<end).reversed().prefix(limit).map { (entries[$0], base + $0) }
    }

    private mutating func dropOldest(_ now: Moment) {
        let oldest = now.date.adding(.zero - AuditEntry.longestKept)
        while start < entries.count - 1,
            entries.count - start > AuditEntry.mostKept || entries[start].at < oldest
        {
            numbers[entries[start].id] = nil
            start += 1
        }
        guard start >= 10_000 else { return }
        entries.removeFirst(start)
        (base, start) = (base + start, 0)
    }
}
