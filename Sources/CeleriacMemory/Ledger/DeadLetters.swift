import CeleriacCore

/// The parked messages, by id.
struct DeadLetters {
    struct Entry {
        let letter: DeadLetter
        let order: Int64
        let enqueuedAt: Double
    }

    private var entries: [TaskID: Entry] = [:]

    subscript(id: TaskID) -> Entry? { entries[id] }

    /// - Returns: the letter of the same id that it replaces.
    mutating func insert(_ entry: Entry, id: TaskID) -> DeadLetter? {
        entries.updateValue(entry, forKey: id)?.letter
    }

    mutating func remove(_ id: TaskID) -> DeadLetter? { entries.removeValue(forKey: id)?.letter }

    /// Newest first.
    func list(_ queue: QueueName?, offset: Int, limit: Int) -> [Entry] {
        let those = entries.values.filter { queue == nil || $0.letter.queue == queue }
        return Array(those.sorted { $0.order > $1.order }.dropFirst(offset).prefix(limit))
    }
}

extension Ledger {
    mutating func insert(_ letter: DeadLetter, id: TaskID, enqueuedAt: Double) {
        let entry = DeadLetters.Entry(letter: letter, order: makeOrder(), enqueuedAt: enqueuedAt)
        if let replaced = deadLetters.insert(entry, id: id) { queues[queue(replaced.queue)].deadCount -= 1 }
        queues[queue(letter.queue)].deadCount += 1
    }

    mutating func removeDeadLetter(_ id: TaskID) -> DeadLetter? {
        guard let letter = deadLetters.remove(id) else { return nil }
        queues[queue(letter.queue)].deadCount -= 1
        return letter
    }

    /// Puts a dead letter back, ready, as a first attempt; not while another message has its id.
    mutating func requeueDeadLetter(_ id: TaskID, _ now: Moment) -> Bool {
        if let slot = calls.slot(of: id), calls[slot].envelope != nil { return false }
        guard let letter = removeDeadLetter(id) else { return false }
        forget(id)
        let first = letter.envelope.with {
            $0.retries = 0
            $0.history = []
        }
        return publish(Publication(first, to: letter.queue), now) == nil
    }
}
