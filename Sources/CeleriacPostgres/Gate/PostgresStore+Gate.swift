public import CeleriacCore
import Foundation
import PostgresClient

extension PostgresStore: QueueGate {
    public func setPaused(_ isPaused: Bool, _ queue: QueueName, by actor: String, note: String) async throws {
        let name = PostgresValue.text(queue.rawValue)
        if isPaused {
            let pause = QueuePause(queue: queue, actor: actor, note: note, at: time.now)
            _ = try await run(
                .pauseQueue, name, .date(pause.at), .text(StoredText.column(pause.actor)),
                .text(StoredText.column(pause.note)))
            try await untilClaimsHaveEnded()
        } else {
            let notice = Notice.ready(queue, rank: 0)
            let payloads = PostgresValue.texts([notice.payload])
            _ = try await run(
                [
                    Request(.resumeQueue, [name]),
                    Request(.notify, [.text(noticeBoard.channels.message), payloads]),
                ], on: .durable)
            announce([notice])
        }
    }

    public func pausedQueues() async throws -> [QueuePause] {
        try await run(.pauses).compactMap { row in
            guard let queue = QueueName(rawValue: try row.text(0)) else { return nil }
            return QueuePause(
                queue: queue, actor: StoredText.text(try row.text(2)), note: StoredText.text(try row.text(3)),
                at: try row.date(1))
        }
    }

    /// Waits for the claims that had begun before the pause was committed, and so may not have seen it.
    ///
    /// Gives up after the deadline of a statement: a transaction that lasts longer is no claim.
    private func untilClaimsHaveEnded() async throws {
        // The machine's clock, even in virtual time, because it waits for a real server.
        let clock = SystemTime()
        let end = clock.uptime + deadline
        var open = try await claimers()
        while !open.isEmpty, clock.uptime < end {
            try await clock.sleep(for: .milliseconds(5))
            open.formIntersection(try await claimers())
        }
    }

    private func claimers() async throws -> Set<String> { Set(try await run(.claimers).map { try $0.text(0) }) }
}

extension PostgresStore: AuditLog {
    public func append(_ entry: AuditEntry) async throws {
        let text = [UInt8](try JSONEncoder().encode(entry))
        let oldest = time.now.adding(.zero - AuditEntry.longestKept)
        _ = try await run(
            [
                Request(.appendAudit, [.text(StoredKey(entry.id).key), .date(entry.at), .bytes(text)]),
                Request(.trimAudit, [.int(Int64(AuditEntry.mostKept)), .date(oldest)]),
            ], on: .durable)
    }

    public func auditEntries(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        let last = try cursor.map { cursor in
            guard let number = Int64(cursor.rawValue) else { throw cursor.refusal }
            return number
        }
        let limit = limit.ofPage
        guard limit > 0 else { return Page([], next: cursor) }
        let rows = try await run(.audit, .int(last ?? .max), .int(Int64(limit)))
        var page = Page<AuditEntry>([], next: nil)
        for row in rows {
            // This version cannot show an entry that a later version wrote in another form.
            if let entry = try? JSONDecoder().decode(AuditEntry.self, from: Data(try row.bytes(1))) {
                page.items.append(entry)
            }
            page.next = rows.count < limit ? nil : Cursor(rawValue: "\(try row.int(0))")
        }
        return page
    }
}
