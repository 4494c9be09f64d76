import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import Testing

@testable import CeleriacSQLite

@Suite("The audit log and pauses in SQLite")
struct AuditTests {
    @Test("the newest 100,000 entries are kept")
    func bounded() async throws {
        let (scratch, time) = (try Scratch(), ManualTime())
        let store = try scratch.store(time: time)
        defer { store.close() }
        let entry = AuditEntry(id: "old", at: time.now, user: "ada", action: "pause")
        let text = try JSONEncoder().encode(entry)
        try await store.writer.perform { transaction in
            try transaction.connection.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100010)
                    INSERT INTO celeriac_audit (id, at, entry) SELECT 'old-' || i, ?, ? FROM n
                    """, arguments: [time.now.timeIntervalSinceReferenceDate, text])
        }
        for id in ["a", "b"] {
            try await store.append(AuditEntry(id: id, at: time.now, user: "ada", action: "pause"))
        }
        let count = try await store.inspect { try Int.fetchOne($0, sql: "SELECT count(*) FROM celeriac_audit") }
        #expect(count == AuditEntry.mostKept)
        #expect(try await store.auditEntries(after: nil, limit: 3).map(\.id) == ["b", "a", "old"])
    }

    @Test("another process obeys a pause, and wakes when the queue is resumed")
    func processes() async throws {
        let scratch = try Scratch()
        let time = SystemTime()
        let (one, other) = (try scratch.store(time: time), try scratch.store(time: time))
        defer { [one, other].forEach { $0.close() } }
        try await one.setPaused(true, .default, by: "ada", note: "")
        let envelope = Envelope(headers: MessageHeaders(id: "a", task: "t"), body: Array("[[],{},{}]".utf8))
        try await one.publish([Publication(envelope, to: .default)])
        #expect(try await other.pausedQueues().map(\.queue) == [.default])
        try await other.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            #expect(try await consumer.next(upTo: 1, from: [.default], wait: false).isEmpty)
            async let claimed = consumer.next(upTo: 1, from: [.default], wait: true).map(\.id)
            try await one.setPaused(false, .default, by: "ada", note: "")
            #expect(try await claimed == ["a"])
        }
    }
}
