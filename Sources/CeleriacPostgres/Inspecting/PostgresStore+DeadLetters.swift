public import CeleriacCore
import PostgresClient
import StoreKit

extension PostgresStore: LetterArchive {
    public var deadLetterLimits: DeadLetterLimits? { options.deadLetters }

    public func bury(_ letters: [DeadLetter]) async throws {
        guard !letters.isEmpty else { return }
        let stored = letters.map(StoredLetter.init)
        try await transaction { session in
            let queues = Set(stored.map(\.queue))
            try await session.addQueues(queues)
            // One at a time, since two letters of the same id may be among them.
            for letter in stored { try await session.run([letter.request(self)]) }
            for queue in queues { try await session.trimDeadLetters(of: queue) }
        }
    }

    public func deadLetters(
        in queue: QueueName?, after cursor: Cursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        let last = try cursor.map { cursor in
            guard let number = Int64(cursor.rawValue) else { throw cursor.refusal }
            return number
        }
        let limit = limit.ofPage
        guard limit > 0 else { return Page([], next: cursor) }
        let values: [PostgresValue] = [.int(last ?? .max), .int(Int64(limit))]
        let request =
            if let queue { Request(.deadLettersIn, values + [.text(queue.rawValue)]) } else {
                Request(.deadLetters, values)
            }
        let graves = try await run([request], on: .relaxed)[0].map { try Grave($0, self) }
        return Page(
            graves.map(\.letter),
            next: graves.count < limit ? nil : graves.last.map { Cursor(rawValue: "\($0.number)") })
    }

    public func deadLetter(of id: TaskID) async throws -> DeadLetter? { try await grave(of: id)?.letter }

    func grave(of id: TaskID) async throws -> Grave? {
        try await run(.deadLetterByID, .text(StoredKey(id).key), on: .relaxed).first.map { try Grave($0, self) }
    }

    public func droppedDeadLetters() async throws -> [QueueName: Int] {
        var dropped: [QueueName: Int] = [:]
        for row in try await run(.dropped, on: .relaxed) {
            if let name = QueueName(rawValue: try row.text(0)) { dropped[name] = Int(clamping: try row.int(1)) }
        }
        return dropped
    }

    /// A letter whose id is now used by a live message stays dead, and counts as not there.
    public func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> {
        let requeued = try await transaction { session in
            var requeued: [TaskID: StoredPublication] = [:]
            for id in ids { requeued[id] = try await session.requeue(id) ?? requeued[id] }
            return requeued
        }
        announce(Array(requeued.values))
        return Set(requeued.keys)
    }

    public func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> {
        guard !ids.isEmpty else { return [] }
        let rows = try await run(.deleteLetters, .texts(ids.map { StoredKey($0).key }))
        let deleted = Set(try rows.map { StoredKey(stored: try $0.text(0)) })
        return Set(ids.filter { deleted.contains(StoredKey($0)) })
    }
}

extension Session {
    /// Drops the oldest letters of a queue that exceeds its limits. Within a transaction.
    func trimDeadLetters(of queue: QueueName) async throws {
        let limits = store.options.deadLetters
        while true {
            let rows = try await run(
                .trim, .text(queue.rawValue), .int(Int64(clamping: limits.count)), .int(Int64(clamping: limits.bytes)))
            let dropped = try rows.first?.int(0) ?? 0
            guard dropped > 0 else { return }
            try await run(.noteDropped, .text(queue.rawValue), .int(dropped))
        }
    }

    /// Puts a dead letter back into its queue as a first attempt, and deletes the call's result.
    ///
    /// - Returns: the message; `nil` if there is no such letter, or if its id is in use.
    fileprivate func requeue(_ id: TaskID) async throws -> StoredPublication? {
        let key = StoredKey(id).key
        guard let row = try await run(.takeLetter, .text(key)).first else { return nil }
        let grave = try Grave(row, store)
        let publication = StoredPublication(grave.stored.asFirstAttempt(), to: grave.letter.queue)
        guard try await publish([publication]).duplicates.isEmpty else { return nil }
        try await forget([publication.id])
        try await run(.deleteLetters, .texts([key]))
        return publication
    }
}

extension StoredLetter {
    fileprivate func request(_ store: PostgresStore) -> Request {
        let key = StoredKey(id)
        return Request(
            .buryLetters,
            [
                .texts([key.key]), .texts([key.long]), .texts([queue.rawValue]), .int2s([Place.rank(message.priority)]),
                .texts([StoredText.column(reason)]), .dates([store.clock.onServer(diedAt)]),
            ] + [message].columns)
    }
}
