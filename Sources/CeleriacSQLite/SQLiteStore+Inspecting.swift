public import CeleriacCore
import StoreKit

extension SQLiteStore: Inspector {
    public func queues() async throws -> [QueueName] {
        try await inspect { try $0.queueNames() }
    }

    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, offset: Int, limit: Int
    ) async throws -> [QueuedMessage] {
        let moment = moment
        return try await inspect { try $0.messages(in: queue, status, offset: offset, limit: limit, at: moment) }
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

extension SQLiteStore: DeadLetterStore {
    public func deadLetters(in queue: QueueName?, offset: Int, limit: Int) async throws -> [DeadLetter] {
        try await inspect { try $0.deadLetters(in: queue, offset: offset, limit: limit) }
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
