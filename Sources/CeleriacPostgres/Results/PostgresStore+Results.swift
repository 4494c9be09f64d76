public import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

extension PostgresStore {
    public func record(_ changes: [StateChange]) async throws {
        guard !changes.isEmpty else { return }
        let stored = changes.map(StoredChange.init)
        try await self.changes.submit(stored) { [self] requests, deadline in await record(requests, within: deadline) }
            .get()
        var wakes = Wakes()
        for change in stored { wakes.add(change.id) }
        wakeUps.ring(wakes)
    }

    private func record(_ requests: [[StoredChange]], within deadline: Duration) async -> [Result<Void, any Error>] {
        let end = time.uptime + deadline
        let all = requests.flatMap { $0 }
        do {
            if all.count == 1 {
                try await repeating(within: deadline) { try await session(on: .durable).record(all, within: $0) }
            } else {
                try await transaction(within: deadline) { try await $0.record(all) }
            }
            return requests.map { _ in .success(()) }
        } catch {
            return await inHalves(requests, after: error) { await record($0, within: end - time.uptime) }
        }
    }

    /// Simultaneous calls of this method share a statement.
    public func record(of id: TaskID) async throws -> TaskRecord? {
        try await reads.submit(id) { [self] ids, deadline in await read(ids, within: deadline) }.get()
    }

    public func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        var records: [TaskID: TaskRecord] = [:]
        for part in ids.parts(of: Self.recordsPerRead) {
            for record in try await found(part) { records[record.id] = record }
        }
        return records
    }

    private func read(_ ids: [TaskID], within deadline: Duration) async -> [Result<TaskRecord?, any Error>] {
        do {
            var records: [StoredKey: TaskRecord] = [:]
            for record in try await found(ids, within: deadline) { records[StoredKey(record.id)] = record }
            return ids.map { .success(records[StoredKey($0)]) }
        } catch {
            return ids.map { _ in .failure(error) }
        }
    }

    private func found(_ ids: [TaskID], within deadline: Duration? = nil) async throws -> [TaskRecord] {
        var byKey: [StoredKey: TaskID] = [:]
        for id in ids { byKey[StoredKey(id)] = id }
        let request = Request(.records, [.texts(byKey.keys.map(\.key))])
        let rows = try await run([request], on: .relaxed, within: deadline)[0]
        return try rows.compactMap { row in
            guard let id = byKey[StoredKey(stored: try row.text(0))] else { return nil }
            return try record(of: id, in: row)
        }
    }

    /// Reads a row of `records`.
    private func record(of id: TaskID, in row: PostgresRow) throws -> TaskRecord? {
        let isExpired = try row.optionalBool(13) ?? false
        let stored = row.isNull(1) || isExpired ? nil : try storedRecord(of: id, in: row)
        // The place of the message matters only until the call has ended.
        guard !row.isNull(14), stored?.state.isTerminal != true else { return stored }
        return TaskRecord.derived(stored: stored, place: try place(of: id, in: row), id: id)
    }

    private func storedRecord(of id: TaskID, in row: PostgresRow) throws -> TaskRecord {
        var record = TaskRecord(
            id: id, state: TaskState(StoredText.text(try row.text(1))),
            attempt: Int(clamping: try row.optionalInt(2) ?? 1))
        record.task = try row.optionalText(3).map { TaskName(rawValue: StoredText.text($0)) }
        record.queue = try row.optionalText(4).flatMap(QueueName.init(rawValue:))
        record.worker = try row.optionalText(5).map(StoredText.text)
        record.startedAt = try row.optionalDate(6)
        record.at = try row.optionalDate(7)
        record.parentID = try row.optionalText(8).map { TaskID(StoredText.text($0)) }
        record.failure = try row.optionalBytes(9).map { try TaskFailure(parsing: $0) }
        record.meta = try row.optionalBytes(10)
        record.result = try row.optionalBytes(11)
        record.children = try row.optionalBytes(12).map { try [ResultNode](parsing: $0) } ?? []
        return record
    }

    private func place(of id: TaskID, in row: PostgresRow) throws -> MessagePlace? {
        guard let queue = try row.optionalText(15).flatMap(QueueName.init(rawValue:)) else { return nil }
        // A message with unreadable headers becomes a dead letter when it is claimed; until then it waits like any
        // other.
        let headers =
            (try? MessageHeaders(parsing: try row.bytes(14))) ?? MessageHeaders(id: id, task: "unreadable")
        let isLeased = try row.optionalBool(17) ?? false
        let isDelayed = try row.optionalBool(16) ?? false
        let status: MessagePlace.Status = isLeased ? .leased : isDelayed ? .delayed : .ready
        return MessagePlace(status: status, queue: queue, task: headers.task, attempt: headers.attempt)
    }

    public func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        noticeBoard.listen(to: noticeBoard.channels.record)
        return try await wakeUps.untilFound([.record(id)], time) {
            let record = try await record(of: id)
            return record == seen ? .nothing(pause: .seconds(.random(in: 0.75...1))) : .found(record)
        }
    }

    public func forget(_ id: TaskID) async throws {
        try await repeating { _ in try await session(on: .durable).forget([id]) }
        var wakes = Wakes()
        wakes.add(id)
        wakeUps.ring(wakes)
    }
}
