#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

/// A promise of every ``ScheduleBroker``.
public typealias ScheduleBrokerCheck = Check<any ScheduleBroker>

extension Check where Subject == any ScheduleBroker {
    public static var all: [ScheduleBrokerCheck] { entries + steps + missedTicks + clocks + standing }

    private static var entries: [ScheduleBrokerCheck] {
        [
            ScheduleBrokerCheck("without entries the schedule is empty, of generation 0") { store, _ in
                let schedule = try await store.schedule()
                try expect(schedule.records, is: [], "records")
                try expect(schedule.generation, is: 0, "generation")
                try expect(await store.scheduleRecord(of: "a"), is: nil, "record")
            },
            ScheduleBrokerCheck("an entry is kept with all that it says, and begins now") { store, time in
                let entry = ScheduleEntry.full("a")
                try await store.put(entry)
                let record = try require(await store.scheduleRecord(of: "a"), "the record")
                try expect(record.entry, is: entry, "entry")
                try expect(record.state.firstSeen, is: time.now, "first seen")
                try expect(record.state.lastTick, is: nil, "last tick")
                try expect(record.state.runs, is: 0, "runs")
                try expect(await store.schedule().records, is: [record], "records")
            },
            ScheduleBrokerCheck("entries are listed by name") { store, _ in
                for name in ["c", "a", "b"] { try await store.put(.everyMinute(name)) }
                try expect(await store.schedule().records.map(\.name), is: ["a", "b", "c"], "names")
            },
            ScheduleBrokerCheck("an entry may have any name without control characters") { store, _ in
                let names = ["ä ö", "it's", "a'; DROP TABLE celeriac_schedule; --", "\\u0000", "a{b}:*", "ünïcödé 🥬"]
                for name in names { try await store.put(.everyMinute(name)) }
                for name in names {
                    try expect(await store.scheduleRecord(of: name)?.name, is: name, "name")
                    try expect(await store.removeEntry(name), is: true, "removal of \(name)")
                }
                try expect(await store.schedule().records, is: [], "records")
            },
            ScheduleBrokerCheck("an entry without a name, or of a name with control characters, is refused") {
                store, _ in
                for name in ["", "a\nb", String(repeating: "a", count: 256)] {
                    do {
                        try await store.put(.everyMinute(name))
                        throw BrokenPromise("took the name \(name.debugDescription)", #fileID, #line)
                    } catch let error as CeleriacError {
                        try expect(error.code, is: .invalidName, "code")
                    }
                }
                try expect(await store.scheduleGeneration(), is: 0, "generation")
            },
            ScheduleBrokerCheck("the generation grows with each change of an entry, and with nothing else") {
                store, time in
                var seen: [Int64] = []
                func look() async throws { seen.append(try await store.scheduleGeneration()) }
                try await store.put(.everyMinute("a"))
                try await look()
                _ = try await store.setPaused(true, "a")
                try await look()
                _ = try await store.setPaused(false, "a")
                try await look()
                _ = try await store.removeEntry("a")
                try await look()
                try expect(seen, is: Array(Set(seen)).sorted(), "generations")
                try await store.put(.everyMinute("b"))
                let before = try await store.scheduleGeneration()
                try await store.put(.everyMinute("b"))
                _ = try await store.setPaused(false, "b")
                _ = try await store.removeEntry("a")
                try await store.synchronize([], of: "program")
                await time.advance(by: .minutes(1))
                try expect(await store.tick("b", time).count, is: 1, "ticks")
                try expect(await store.scheduleGeneration(), is: before, "generation")
                try expect(await store.schedule().generation, is: before, "generation of the schedule")
            },
            ScheduleBrokerCheck("an entry that changes but for its schedule goes on where it was") { store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                try expect(await store.tick("a", time).count, is: 1, "ticks")
                let before = try require(await store.scheduleRecord(of: "a"), "the record")
                await time.advance(by: .seconds(30))
                var entry = ScheduleEntry.everyMinute("a")
                entry.queue = "other"
                try await store.put(entry)
                let after = try require(await store.scheduleRecord(of: "a"), "the record")
                try expect(after.entry, is: entry, "entry")
                try expect(after.state.revision > before.state.revision, "the revision has not grown")
                var state = after.state
                state.revision = before.state.revision
                try expect(state, is: before.state, "state but for the revision")
            },
            ScheduleBrokerCheck("another schedule begins now: no tick of before is due, and none comes twice") {
                store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(10))
                try expect(await store.tick("a", time).count, is: 1, "ticks")
                await time.advance(by: .seconds(90))
                var entry = ScheduleEntry.everyMinute("a")
                entry.schedule = .every(.seconds(20), anchoredAt: ManualTime.epoch)
                try await store.put(entry)
                try expect(await store.tick("a", time), is: [], "ticks right after the change")
                await time.advance(by: .seconds(20))
                try expect(await store.tick("a", time), is: [ManualTime.epoch.adding(.seconds(700))], "ticks")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state.runs, is: 2, "runs")
            },
            ScheduleBrokerCheck("an entry that is removed does nothing more, and one put anew is another one") {
                store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                let stale = try await store.step("a", time)
                try expect(await store.removeEntry("a"), is: true, "removal")
                try expect(await store.removeEntry("a"), is: false, "second removal")
                try expect(await store.take(stale), is: nil, "a step of the removed entry")
                try await store.put(.everyMinute("a"))
                try expect(await store.take(stale), is: nil, "a step of the old entry")
                try expect(await store.scheduleRecord(of: "a")?.state.runs, is: 0, "runs of the new one")
                try expect(await store.counts(of: .default).ready, is: 0, "messages")
            },
            ScheduleBrokerCheck("what a program declares is added, changed and removed, and nothing else is") {
                store, _ in
                try await store.put(.everyMinute("dynamic"))
                try await store.synchronize([.everyMinute("theirs")], of: "another")
                try await store.synchronize([.everyMinute("a"), .everyMinute("b")], of: "program")
                var changed = ScheduleEntry.everyMinute("b")
                changed.priority = .high
                try await store.synchronize([changed, .everyMinute("c")], of: "program")
                let records = try await store.schedule().records
                try expect(records.map(\.name), is: ["b", "c", "dynamic", "theirs"], "names")
                try expect(records[0].entry.priority, is: .high, "priority of b")
                let sources: [ScheduleEntry.Source] = [
                    .code(owner: "program"), .code(owner: "program"), .dynamic, .code(owner: "another"),
                ]
                try expect(records.map(\.entry.source), is: sources, "sources")
            },
            ScheduleBrokerCheck("a program that declares the same again changes nothing; what is paused stays so") {
                store, time in
                try await store.synchronize([.full("a"), .everyMinute("b")], of: "program")
                try expect(await store.setPaused(true, "b"), is: true, "pause")
                await time.advance(by: .minutes(1))
                try expect(await store.tick("a", time).count, is: 7, "ticks")
                let before = try await store.schedule()
                try await store.synchronize([.full("a"), .everyMinute("b")], of: "program")
                let after = try await store.schedule()
                try expect(after.records, is: before.records, "records")
                try expect(after.generation, is: before.generation, "generation")
                try expect(after.records[1].entry.isPaused, is: true, "whether b is paused")
            },
        ]
    }
}
