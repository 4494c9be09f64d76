import CeleriacCore

/// The simplest model of a broker with one queue: one array, sorted at each claim.
///
/// Its clock counts eighths of a second.
struct BrokerModel {
    struct Entry {
        let id: TaskID
        let priority: CallPriority
        var due: Int
        var count = 0
        var deadline: Int?
        var isDead = false
    }

    private(set) var now = 0
    private var entries: [Entry] = []
    private var usedDues: Set<Int> = []

    /// - Returns: when the message is due: at `instant`, or at the first later time at which no other message is due.
    mutating func publish(_ id: TaskID, _ priority: CallPriority, notBefore instant: Int) -> Int {
        let due = reserve(instant)
        entries.append(Entry(id: id, priority: priority, due: due))
        return due
    }

    mutating func claim(_ limit: Int, leaseEighths: Int) -> [Entry] {
        let due = entries.indices.filter { status(at: $0) == .ready }.sorted { left, right in
            let (left, right) = (entries[left], entries[right])
            return (right.priority, left.due) < (left.priority, right.due)
        }
        return due.prefix(limit).map { index in
            entries[index].count += 1
            entries[index].deadline = now + leaseEighths
            return entries[index]
        }
    }

    mutating func advance(to instant: Int) {
        now = instant
        for index in entries.indices where entries[index].deadline.map({ $0 <= now }) == true {
            entries[index].deadline = nil
        }
    }

    mutating func release(_ id: TaskID) {
        change(id) {
            $0.deadline = nil
            $0.count -= 1
        }
    }

    mutating func retry(_ id: TaskID, notBefore instant: Int) -> Int {
        let due = reserve(instant)
        change(id) {
            $0.due = due
            $0.deadline = nil
            $0.count = 0
        }
        return due
    }

    mutating func bury(_ id: TaskID) { change(id) { $0.isDead = true } }

    mutating func renew(_ ids: [TaskID], leaseEighths: Int) {
        let deadline = now + leaseEighths
        for id in ids { change(id) { $0.deadline = deadline } }
    }

    mutating func remove(_ id: TaskID) { entries.removeAll { $0.id == id } }

    mutating func purge() -> Int {
        let before = entries.count
        entries.removeAll { entry in !entry.isDead && entry.deadline == nil }
        return before - entries.count
    }

    func status(of id: TaskID) -> MessagePlace.Status? {
        entries.firstIndex { $0.id == id }.map(status(at:))
    }

    var counts: QueueCounts {
        let statuses = entries.indices.map(status(at:))
        func count(_ status: MessagePlace.Status) -> Int { statuses.count { $0 == status } }
        let oldest = zip(entries, statuses).filter { $0.1 == .ready }.map(\.0.due).min()
        return QueueCounts(
            ready: count(.ready), delayed: count(.delayed), leased: count(.leased), dead: count(.dead),
            oldestReady: oldest.map { .milliseconds(125 * (now - $0)) }
        )
    }

    private func status(at index: Int) -> MessagePlace.Status {
        let entry = entries[index]
        if entry.isDead { return .dead }
        if entry.deadline != nil { return .leased }
        return entry.due <= now ? .ready : .delayed
    }

    private mutating func change(_ id: TaskID, _ body: (inout Entry) -> Void) {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
        body(&entries[index])
    }

    private mutating func reserve(_ instant: Int) -> Int {
        var free = instant
        while !usedDues.insert(free).inserted { free += 1 }
        return free
    }
}
