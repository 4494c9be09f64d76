import CeleriacCanvas
import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import Testing

@testable import CeleriacSQLite

/// Whoever may write the file may write any number into it; each is read by every worker.
@Suite("Numbers at the edges in the file")
struct EdgeNumberTests {
    private struct Column: Sendable {
        let table: String
        let name: String
        let isInteger: Bool
    }

    @Test("any number in any column stops no store, and the next message is served", .timeLimit(.minutes(15)))
    func anyNumber() async throws {
        let scratch = try Scratch()
        let columns = try await columns(of: scratch)
        #expect(columns.count > 40)
        let integers = EdgeNumbers.integers.map { $0 as any DatabaseValueConvertible & Sendable }
        let doubles = EdgeNumbers.doubles.filter { !$0.isNaN }.map { $0 as any DatabaseValueConvertible & Sendable }
        for column in columns {
            let scratch = try Scratch()
            let time = ManualTime()
            let store = try scratch.store(time: time)
            for number in column.isInteger ? integers : doubles {
                try await fill(store, time)
                try scratch.change { db in
                    // A column that must be unique takes but one.
                    try? db.execute(
                        sql: "UPDATE OR IGNORE \(column.table) SET \(column.name) = ?", arguments: [number])
                }
                await use(store, time)
                try scratch.change { try Self.empty($0) }
            }
            try await store.publish([.sample("honest", to: "honest")])
            #expect(try await store.drain("honest") == ["honest"], "\(column.table).\(column.name)")
        }
    }

    private func columns(of scratch: Scratch) async throws -> [Column] {
        _ = try scratch.store()
        return try scratch.change { db in
            let tables = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'celeriac_*' ORDER BY name")
            return try tables.filter { $0 != "celeriac_schema" && $0 != "celeriac_queues" }.flatMap { table in
                try Row.fetchAll(db, sql: "SELECT name, type FROM pragma_table_info(?)", arguments: [table])
                    .filter { ["INTEGER", "REAL"].contains($0["type"] as String) }
                    .map { Column(table: table, name: $0["name"], isInteger: $0["type"] == "INTEGER") }
            }
        }
    }

    /// One row at least in each table.
    private func fill(_ store: SQLiteStore, _ time: ManualTime) async throws {
        var later = Publication.sample("later")
        later.notBefore = time.now.adding(.hours(1))
        try await store.publish([.sample("ready"), later, .sample("dead", to: "parked"), .sample("held", to: "held")])
        try await store.withConsumer(ConsumerTerms(["parked"], lease: .seconds(30))) { consumer in
            let dead = try await consumer.next(upTo: 1, from: ["parked"], wait: false)
            _ = try await consumer.settle(dead.map { ($0.receipt, .deadLetter(reason: "no")) })
        }
        try await store.record([StateChange(id: "done", state: .progress, at: time.now, expires: later.notBefore)])
        try await store.revoke(["gone"], terminate: false, until: time.now.adding(.hours(1)))
        try await store.beat(
            WorkerStatus(
                name: "w", host: "h", pid: 1, startedAt: time.now, lastBeat: time.now,
                expires: time.now.adding(.hours(1))))
        try await store.put(
            ScheduleEntry("tick", .every(.minutes(1)), task: "tests.sample", missed: .runAll(max: 3)))
        try await store.take(Self.chord("whole") + Self.chord("open").dropLast())
    }

    private static func chord(_ group: String) -> [ChordStep] {
        let body = Array("{}".utf8)
        return [
            .open(ChordOpening(groupID: group, size: 2, body: body)),
            .part(ChordReport(groupID: group, index: 0, id: "0", result: .success([0x31]), body: body)),
            .extend(groupID: group, count: 1, by: "0"),
            .part(ChordReport(groupID: group, index: 1, id: "1", result: .success([0x31]), body: body)),
            .part(ChordReport(groupID: group, index: 2, id: "2", result: .success([0x31]), body: body)),
        ]
    }

    /// All that a store can be asked for. It may refuse; it may not trap.
    private func use(_ store: SQLiteStore, _ time: ManualTime) async {
        await look(store)
        try? await store.withConsumer(ConsumerTerms([.default, "held"], lease: .seconds(30))) { consumer in
            let held = try await consumer.next(upTo: 9, from: [.default, "held"], wait: false)
            #expect(held.allSatisfy { $0.deliveryCount.minimum >= 1 && $0.envelope.attempt >= 1 })
            _ = try await consumer.extendLeases(held.map(\.receipt), by: .seconds(60))
            _ = try await consumer.settle(held.prefix(1).map { ($0.receipt, .release()) })
            await time.advance(by: .seconds(61))
            _ = try await consumer.settle(
                held.dropFirst().prefix(1).map { ($0.receipt, .retry($0.envelope, notBefore: nil)) })
        }
        await look(store)
        if let record = try? await store.scheduleRecord(of: "tick") {
            let due = record.entry.schedule.due(
                since: record.state.lastTick, firstSeen: record.state.firstSeen, now: time.now,
                missed: record.entry.missed)
            _ = try? await store.take(
                ScheduleStep(of: record, through: due.last ?? time.now, publishing: [.sample("ticked")], at: time.now))
            _ = try? await store.setPaused(true, "tick")
        }
        for chord in (try? await store.claimChords(upTo: 9, lease: .seconds(9))) ?? [] {
            let parts = chord.parts.map {
                ChordPart(groupID: chord.groupID, index: $0.index, id: $0.id, result: $0.result, body: .call("t"))
            }
            _ = ChordJoin(size: chord.size).outcome(of: parts)
            _ = try? await store.launch(ChordLaunch(groupID: chord.groupID, claim: chord.claim))
        }
        try? await store.take(Self.chord("open"))
        _ = try? await store.requeue(["dead"])
        _ = try? await store.remove("later")
        await look(store)
        for queue in [.default, "held", "parked"] as [QueueName] { _ = try? await store.purge(queue) }
    }

    private func look(_ store: SQLiteStore) async {
        for queue in [.default, "parked", "held"] as [QueueName] {
            _ = try? await store.counts(of: queue)
            for status in MessagePlace.Status.allCases {
                let page = try? await store.messages(in: queue, status, after: nil, limit: 9)
                for message in page?.items ?? [] {
                    #expect(message.deliveryCount >= 0)
                    _ = ISODate.text(message.enqueuedAt)
                }
            }
        }
        for id in ["ready", "later", "dead", "held", "done", "gone"] as [TaskID] {
            _ = try? await store.message(of: id)
            _ = try? await store.position(of: id)
            _ = try? await store.record(of: id)
        }
        _ = try? await store.deadLetters(in: nil, after: nil, limit: 9)
        _ = try? await store.revocations(among: ["gone"])
        _ = try? await store.workers()
        _ = try? await store.schedule()
        for group in ["whole", "open"] { _ = try? await store.progress(ofChord: group) }
    }

    private static func empty(_ db: Database) throws {
        for table in [
            "calls", "ready", "delayed", "leases", "dead", "revocations", "workers", "schedule", "chords",
            "chord_parts", "chord_bodies", "chord_extensions",
        ] { try db.execute(sql: "DELETE FROM celeriac_\(table)") }
        try db.execute(sql: "UPDATE celeriac_schedule_generation SET generation = 0")
    }
}
