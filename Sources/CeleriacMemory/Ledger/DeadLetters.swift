import CeleriacCore

/// The dead letters, by id.
struct DeadLetters {
    struct Entry {
        let letter: DeadLetter
        let order: Int64
        let enqueuedAt: Double
        let bytes: Int
    }

    /// The letters of one queue, the oldest first. Removed letters stay until they are half of all.
    private struct Shelf {
        var entries: [(id: TaskID, order: Int64)] = []
        /// All entries before this index are removed ones.
        var start = 0
        var count = 0
        var bytes = 0
    }

    private let limits: DeadLetterLimits
    private var entries: [TaskID: Entry] = [:]
    private var shelves: [QueueName: Shelf] = [:]
    /// How many letters were dropped, by queue.
    private(set) var dropped: [QueueName: Int] = [:]

    init(_ limits: DeadLetterLimits) { self.limits = limits }

    subscript(id: TaskID) -> Entry? { entries[id] }

    func ids(startingWith prefix: String) -> [TaskID] { entries.keys.filter { $0.rawValue.hasPrefix(prefix) } }

    func count(in queue: QueueName) -> Int { shelves[queue]?.count ?? 0 }

    /// Adds a letter. Drops the oldest of its queue if the queue now exceeds its limits.
    mutating func insert(_ letter: DeadLetter, order: Int64, enqueuedAt: Double) {
        var letter = letter
        if entries[letter.id] != nil { letter.id = TaskID("\(letter.id)+\(order)") }
        let bytes = letter.reason.utf8.count + letter.envelope.headers.json().count + letter.envelope.body.count
        entries[letter.id] = Entry(letter: letter, order: order, enqueuedAt: enqueuedAt, bytes: bytes)
        shelves[letter.queue, default: Shelf()].entries.append((letter.id, order))
        shelves[letter.queue]?.count += 1
        shelves[letter.queue]?.bytes += bytes
        dropOldest(of: letter.queue)
    }

    mutating func remove(_ id: TaskID) -> DeadLetter? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        let queue = entry.letter.queue
        shelves[queue]?.count -= 1
        shelves[queue]?.bytes -= entry.bytes
        if let shelf = shelves[queue], shelf.entries.count > 2 * shelf.count + 16 {
            shelves[queue]?.entries.removeAll { entries[$0.id]?.order != $0.order }
            shelves[queue]?.start = 0
        }
        return entry.letter
    }

    /// The letters older than `order`, the newest first.
    func list(_ queue: QueueName?, before order: Int64 = .max, limit: Int) -> [Entry] {
        let those = entries.values.filter { (queue == nil || $0.letter.queue == queue) && $0.order < order }
        return Array(those.sorted { $0.order > $1.order }.prefix(limit))
    }

    private mutating func dropOldest(of queue: QueueName) {
        while let shelf = shelves[queue], isTooFull(shelf), shelf.start < shelf.entries.count {
            let (id, order) = shelf.entries[shelf.start]
            shelves[queue]?.start += 1
            guard entries[id]?.order == order else { continue }
            _ = remove(id)
            dropped[queue, default: 0] += 1
        }
    }

    private func isTooFull(_ shelf: Shelf) -> Bool {
        shelf.count > 1 && (shelf.count > limits.count || shelf.bytes > limits.bytes)
    }
}

extension Ledger {
    mutating func insert(_ letter: DeadLetter, enqueuedAt: Double) {
        deadLetters.insert(letter, order: makeOrder(), enqueuedAt: enqueuedAt)
    }

    mutating func removeDeadLetter(_ id: TaskID) -> DeadLetter? { deadLetters.remove(id) }

    /// Puts a dead letter back as a ready message and a first attempt, unless another message has the id of its call.
    mutating func requeueDeadLetter(_ id: TaskID, _ now: Moment) -> Bool {
        guard let call = deadLetters[id]?.letter.envelope.id else { return false }
        if let slot = calls.slot(of: call), calls[slot].envelope != nil { return false }
        guard let letter = removeDeadLetter(id) else { return false }
        forget(call)
        let first = letter.envelope.with {
            $0.retries = 0
            $0.history = []
        }
        return publish(Publication(first, to: letter.queue), now) == nil
    }
}
