import CeleriacCore
import CeleriacTesting
import Foundation
import GRDB
import Testing

@testable import CeleriacSQLite

@Suite("The schedule in a file", .serialized, .timeLimit(.minutes(15)))
struct ScheduleTests {
    private let scratch: Scratch
    private let time = ManualTime()

    init() throws { scratch = try Scratch() }

    private func entry(_ name: String = "a") -> ScheduleEntry {
        ScheduleEntry(name, .every(.minutes(1)), task: "tests.sample")
    }

    private func step(_ store: SQLiteStore, _ call: TaskID = "call") async throws -> ScheduleStep {
        let record = try #require(try await store.scheduleRecord(of: "a"))
        return ScheduleStep(of: record, through: time.now, publishing: [.sample(call)], at: time.now)
    }

    @Test("how far an entry has come survives the end of the process")
    func survives() async throws {
        let store = try scratch.store(time: time)
        try await store.put(entry())
        await time.advance(by: .minutes(1))
        #expect(try await store.take(step(store)) != nil)
        let before = try await store.schedule()
        store.close()
        let again = try scratch.store(time: time)
        let after = try await again.schedule()
        #expect(after.records == before.records)
        #expect(after.generation == before.generation)
        #expect(after.records.first?.state.lastTick == time.now)
    }

    @Test("a step of one store is seen by another, and only one of two is done")
    func twoStores() async throws {
        let (here, there) = (try scratch.store(time: time), try scratch.store(time: time))
        try await here.put(entry())
        await time.advance(by: .minutes(1))
        let (mine, theirs) = (try await step(here, "mine"), try await step(there, "theirs"))
        #expect(try await here.take(mine) != nil)
        #expect(try await there.take(theirs) == nil)
        #expect(try await there.drain() == ["mine"])
    }

    @Test("a publish that fails moves no tick")
    func failedPublish() async throws {
        let store = try scratch.store(time: time)
        try await store.put(entry())
        await time.advance(by: .minutes(1))
        try scratch.change { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON celeriac_calls BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        let step = try await step(store)
        #expect(try await brokerError { _ = try await store.take(step) } != nil)
        #expect(try await store.scheduleRecord(of: "a")?.state.lastTick == nil)
        try scratch.change { try $0.execute(sql: "DROP TRIGGER refuse") }
        #expect(try await store.take(step) != nil)
        #expect(try await store.drain() == ["call"])
    }

    @Test("an entry that cannot be read is named with the reason, and harms no other")
    func unreadable() async throws {
        let store = try scratch.store(time: time)
        try await store.put(entry("a"))
        try await store.put(entry("b"))
        try scratch.change { db in
            try db.execute(sql: "UPDATE celeriac_schedule SET entry = CAST('{}' AS BLOB) WHERE name = 'b'")
        }
        let schedule = try await store.schedule()
        #expect(schedule.records.map(\.name) == ["a"])
        #expect(schedule.unreadable["b"]?.contains("invalidSchedule") == true)
        await #expect(throws: CeleriacError.self) { try await store.scheduleRecord(of: "b") }
        try await store.put(entry("b"))
        #expect(try await store.schedule().records.map(\.name) == ["a", "b"])
        #expect(try await store.removeEntry("b"))
    }

    @Test("a file of the first version gets the tables of the schedule, and keeps its messages")
    func migrates() async throws {
        try scratch.makeFile(ofVersion: 1, holding: [.sample("before")])
        let store = try scratch.store(time: time)
        try await store.put(entry())
        #expect(try await store.schedule().records.count == 1)
        #expect(try await store.drain() == ["before"])
        let version = try scratch.change { try Int.fetchOne($0, sql: "SELECT version FROM celeriac_schema") }
        #expect(version == Schema.version)
    }
}
