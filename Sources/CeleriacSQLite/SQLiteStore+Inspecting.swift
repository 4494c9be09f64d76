public import CeleriacCore
import StoreKit

extension SQLiteStore: Inspector {
    public func queues() async throws -> [QueueName] {
        try await inspect { try $0.queueNames() }
    }

    /// Leased messages come in the order in which they were first published.
    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after cursor: Cursor?, limit: Int
    ) async throws -> Page<QueuedMessage> {
        let (list, limit, moment) = (MessageList("sqlite", queue, status), limit.ofPage, moment)
        let last = try cursor.map { try MessageKey($0, status, of: list) }
        guard limit > 0 else { return Page([], next: cursor) }
        let listed = try await inspect {
            try $0.messages(in: queue, status, after: last, limit: limit, at: moment)
        }
        return Page(listed.map(\.message), next: listed.count < limit ? nil : listed.last?.key.cursor(of: list))
    }

    public func message(of id: TaskID) async throws -> QueuedMessage? {
        let moment = moment
        return try await inspect { try $0.message(of: id, at: moment) }
    }

    public func position(of id: TaskID) async throws -> Int? {
        let moment = moment
        return try await inspect { try $0.position(of: id, at: moment) }
    }

    public func remove(_ id: TaskID) async throws -> Bool {
        try await writer.perform { try $0.remove(id) }
    }
}

extension SQLiteStore: LetterArchive {
    public func bury(_ letters: [DeadLetter]) async throws {
        let stored = letters.map(StoredLetter.init)
        try await writer.perform(rows: stored.count) { transaction in
            for letter in stored { try transaction.bury(letter) }
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
        return try await inspect { try $0.deadLetters(in: queue, before: last ?? .max, limit: limit) }
    }

    public func deadLetter(of id: TaskID) async throws -> DeadLetter? {
        try await inspect { try $0.grave(of: id)?.letter }
    }

    public func droppedDeadLetters() async throws -> [QueueName: Int] {
        try await inspect { try $0.droppedDeadLetters() }
    }

    public func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> {
        try await writer.perform(rows: ids.count) { transaction in
            Set(try ids.filter { try transaction.requeue($0) })
        }
    }

    public func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> {
        try await writer.perform(rows: ids.count) { transaction in
            Set(try ids.filter { try transaction.deleteDeadLetter($0) })
        }
    }
}
