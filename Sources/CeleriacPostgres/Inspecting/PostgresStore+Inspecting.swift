public import CeleriacCore
import PostgresClient
import StoreKit

extension PostgresStore: Inspector {
    public func queues() async throws -> [QueueName] {
        try await run(.queueNames, on: .relaxed).compactMap { QueueName(rawValue: try $0.text(0)) }
    }

    /// Leased messages come in the order in which they were first published.
    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after cursor: Cursor?, limit: Int
    ) async throws -> Page<QueuedMessage> {
        let (list, limit) = (MessageList("postgres", queue, status), limit.ofPage)
        let last = try cursor.map { try MessageKey($0, status, of: list) } ?? MessageKey(before: status)
        guard limit > 0 else { return Page([], next: cursor) }
        let (rows, messages) = try await page(of: queue, status, after: last, limit)
        guard let end = rows.last, rows.count == limit else { return Page(messages, next: nil) }
        return Page(messages, next: try MessageKey(status, in: end).cursor(of: list))
    }

    private func page(
        of queue: QueueName, _ status: MessagePlace.Status, after last: MessageKey, _ limit: Int
    ) async throws -> (PostgresRows, [QueuedMessage]) {
        let name = PostgresValue.text(queue.rawValue)
        guard status != .dead else {
            let rows = try await run(
                [Request(.deadLettersIn, last.values + [.int(Int64(limit)), name])], on: .relaxed)[0]
            return (rows, try rows.map { try Grave($0, self).message })
        }
        let sql: SQL =
            switch status {
            case .ready: .readyMessages
            case .delayed: .delayedMessages
            case .leased, .dead: .leasedMessages
            }
        let rows = try await run([Request(sql, [name, .int(Int64(limit))] + last.values)], on: .relaxed)[0]
        return (rows, try rows.map { try message(in: $0, status) })
    }

    public func message(of id: TaskID) async throws -> QueuedMessage? {
        let rows = try await run(.message, .text(StoredKey(id).key), on: .relaxed)
        guard let row = rows.first else { return try await grave(of: id)?.message }
        let (isLeased, isDelayed) = (try row.bool(13), try row.bool(14))
        return try message(in: row, isLeased ? .leased : isDelayed ? .delayed : .ready)
    }

    /// Reads the columns of `messageColumns` and the deliveries behind them.
    private func message(in row: PostgresRow, _ status: MessagePlace.Status) throws -> QueuedMessage {
        let id = StoredKey.text(try row.text(0), try row.optionalText(1))
        return QueuedMessage(
            envelope: try StoredMessage(id: id, rank: try row.int(2), columns: 3, of: row).envelopeForPeople(),
            queue: try QueueName(try row.text(9)), status: status, notBefore: here(try row.optionalDate(10)),
            enqueuedAt: clock.here(try row.date(11)), deliveryCount: Int(clamping: try row.int(12)))
    }

    public func position(of id: TaskID) async throws -> Int? {
        guard let message = try await message(of: id), message.status == .ready else { return nil }
        let rows = try await run(
            .position, .text(message.queue.rawValue), .text(StoredKey(id).key), on: .relaxed)
        return try rows.first.map { Int(clamping: try $0.int(0)) }
    }

    public func remove(_ id: TaskID) async throws -> Bool {
        while try await !sweep() {}
        let rows = try await run([Request(.removeWaiting, [.texts([StoredKey(id).key])])] + notifications(of: [id], []))
        var wakes = Wakes()
        wakes.add(id)
        wakeUps.ring(wakes)
        return !rows[0].isEmpty
    }
}

extension PostgresStore: CallFinder {
    public func ids(startingWith prefix: String, limit: Int) async throws -> Set<TaskID> {
        let beginning = StoredText.column(prefix)
        // Behind everything that begins with the prefix, since the index compares UTF-8 by its bytes.
        let rows = try await run(
            .idsByPrefix, .text(beginning), .text(beginning + "\u{10FFFF}"), .int(Int64(max(0, limit))), on: .relaxed)
        return Set(try rows.map { TaskID(StoredKey.text(try $0.text(0), try $0.optionalText(1))) })
    }
}
