import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("The schedule in Redis", .oneServer, .timeLimit(.minutes(15)))
struct ScheduleTests {
    private let time = ManualTime()

    private func entry(_ name: String = "a") -> ScheduleEntry {
        ScheduleEntry(name, .every(.minutes(1)), task: "tests.sample")
    }

    private func step(_ store: RedisStore, _ publications: [Publication]) async throws -> ScheduleStep {
        let record = try #require(try await store.scheduleRecord(of: "a"))
        return ScheduleStep(of: record, through: time.now, publishing: publications, at: time.now)
    }

    private func call(_ id: TaskID = "call", to queue: QueueName = .default) -> Publication {
        Publication(
            Envelope(headers: MessageHeaders(id: id, task: "tests.sample"), body: Array("[[],{},{}]".utf8)), to: queue)
    }

    @Test("how far an entry has come survives the end of the process")
    func survives() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inVirtualTime(time, prefix: prefix)
        try await store.put(entry())
        await time.advance(by: .minutes(1))
        #expect(try await store.take(step(store, [call()])) != nil)
        let before = try await store.schedule()
        await store.close()
        let again = try Stores.inVirtualTime(time, prefix: prefix)
        let after = try await again.schedule()
        #expect(after.records == before.records)
        #expect(after.records.first?.state.lastTick == time.now)
        #expect(after.records.first?.state.lastCall == "call")
        await again.close()
    }

    @Test("a publish that Redis refuses moves no tick, and leaves nothing")
    func refusedPublish() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.put(entry())
        await time.advance(by: .minutes(1))
        _ = try await store.send(RESPCommand("SET", store.keys.list("broken", priority: 0), "no list"))
        let step = try await step(store, [call("fine"), call("not", to: "broken")])
        await #expect(throws: BrokerError.self) { try await store.take(step) }
        #expect(try await store.scheduleRecord(of: "a")?.state.lastTick == nil)
        #expect(try await store.counts(of: .default).ready == 0)
        await store.close()
    }

    @Test("a call for an exchange without a queue moves no tick")
    func unroutable() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.put(entry())
        await time.advance(by: .minutes(1))
        let properties = Envelope.Properties(exchange: "nowhere", routingKey: "a.b")
        let envelope = Envelope(headers: MessageHeaders(id: "a", task: "t"), properties: properties, body: [])
        let step = try await step(store, [Publication(envelope, to: .default)])
        await #expect(throws: BrokerError.self) { try await store.take(step) }
        #expect(try await store.scheduleRecord(of: "a")?.state.lastTick == nil)
        await store.close()
    }

    @Test("changes that are made at once are all made, and lose no step")
    func concurrentChanges() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.put(entry())
        await time.advance(by: .minutes(1))
        let step = try await step(store, [call()])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { try await store.put(entry("entry \(number)")) } }
            group.addTask { _ = try await store.take(step) }
            group.addTask { _ = try await store.setPaused(true, "entry 7") }
            try await group.waitForAll()
        }
        let schedule = try await store.schedule()
        #expect(schedule.records.count == 21)
        #expect(schedule.records.first?.state.lastTick == time.now)
        #expect(schedule.generation >= 21)
        await store.close()
    }

    @Test("an entry that cannot be read is named with the reason, and harms no other")
    func unreadable() async throws {
        let store = try Stores.inVirtualTime(time)
        for name in ["a", "b", "c"] { try await store.put(entry(name)) }
        _ = try await store.send(RESPCommand("HSET", store.keys.schedule[0], "b", "{}"))
        _ = try await store.send(RESPCommand("HSET", store.keys.schedule[1], "c", "nonsense"))
        let schedule = try await store.schedule()
        #expect(schedule.records.map(\.name) == ["a"])
        #expect(Set(schedule.unreadable.keys) == ["b", "c"])
        for name in ["b", "c"] { try await store.put(entry(name)) }
        #expect(try await store.schedule().records.map(\.name) == ["a", "b", "c"])
        await store.close()
    }

    @Test("a beat leaves a tick out while the last call lies in its list, and goes on once that is over")
    func overlap() async throws {
        let store = try Stores.inVirtualTime(time)
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), time: time, logger: .quiet)
        _ = try app.task("tests.sample") { () in 1 }
        var entry = entry()
        entry.overlap = .skip
        try await app.timetable.put(entry)
        let beat = Task { try await Beat(app, options: BeatOptions(maxInterval: .minutes(1))).run() }
        // Two ticks of which the first is published; after each the beat sleeps again.
        for _ in 0..<2 {
            try await time.untilSleepers(1)
            await time.advance(by: .minutes(1))
        }
        try await time.untilSleepers(1)
        #expect(try await store.counts(of: .default).ready == 1)
        let state = try #require(try await app.timetable.entry("a")?.state)
        #expect(state.runs == 1)
        #expect(state.lastTick == time.now)
        #expect(try await store.purge(.default) == 1)
        await time.advance(by: .minutes(1))
        try await time.untilSleepers(1)
        #expect(try await store.counts(of: .default).ready == 1)
        beat.cancel()
        try await beat.value
        await store.close()
    }

    @Test("what a step publishes lies in kombu's list, as any other call does")
    func layout() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.put(entry())
        await time.advance(by: .minutes(1))
        _ = try await store.take(step(store, [call()]))
        let list = store.keys.list(.default, priority: 0)
        #expect(try await store.send(RESPCommand("LLEN", list)).integer == 1)
        let bound = try await store.send(RESPCommand("SMEMBERS", store.keys.binding("celery"))).elements
        #expect(bound?.count == 1)
        await store.close()
    }
}
