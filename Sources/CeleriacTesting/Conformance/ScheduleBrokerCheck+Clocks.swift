#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// Entries after a clock that was ahead has been set right.
extension Check where Subject == any ScheduleBroker {
    static var clocks: [ScheduleBrokerCheck] {
        [
            ScheduleBrokerCheck("a clock that ran ahead and is set right silences no entry, and no tick comes twice") {
                store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                try expect(await store.minute("a", time), is: [1], "the first tick")
                time.setClock(by: .hours(1))
                try expect(await store.minute("a", time), is: [61], "the tick of the clock that runs ahead")
                time.setClock(by: .hours(-1))
                try expect(await store.minute("a", time), is: [], "ticks once it is set right")
                for minute in 2...60 {
                    await time.advance(by: .minutes(1))
                    try expect(await store.minute("a", time), is: [minute], "ticks of minute \(minute)")
                }
                await time.advance(by: .minutes(1))
                try expect(await store.minute("a", time), is: [], "the tick that was published ahead of its time")
                await time.advance(by: .minutes(1))
                try expect(await store.minute("a", time), is: [62], "the tick behind it")
                try expect(await store.scheduleRecord(of: "a")?.state.runs, is: 62, "runs")
            },
            ScheduleBrokerCheck("an entry that was put by a clock ten years ahead begins once the clock is set right") {
                store, time in
                time.setClock(by: .days(3653))
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                try expect(await store.tick("a", time).count, is: 1, "ticks of the clock that runs ahead")
                time.setClock(by: .days(-3653))
                try expect(await store.tick("a", time), is: [], "ticks once it is set right")
                for _ in 0..<3 {
                    await time.advance(by: .minutes(1))
                    try expect(await store.tick("a", time).count, is: 1, "ticks of a minute")
                }
            },
            ScheduleBrokerCheck("what was missed while the clock ran ahead counts as dealt with") { store, time in
                try await store.put(.everyMinute("a", missed: .runAll(max: 100)))
                await time.advance(by: .minutes(1))
                try expect(await store.minute("a", time), is: [1], "the first tick")
                time.setClock(by: .hours(24))
                try expect(await store.tick("a", time).count, is: 100, "ticks of the clock that runs ahead")
                await time.advance(by: .minutes(10))
                time.setClock(by: .hours(-24))
                try expect(await store.minute("a", time), is: [], "ticks once it is set right")
                await time.advance(by: .minutes(1))
                try expect(await store.minute("a", time), is: [12], "the next tick")
            },
            ScheduleBrokerCheck("beats whose clocks differ by an hour publish each tick once") { store, time in
                try await store.put(.everyMinute("a"))
                var published: [Int] = []
                for minute in 1...90 {
                    await time.advance(by: .minutes(1))
                    let right = try await store.minute("a", time)
                    time.setClock(by: .hours(1))
                    let ahead = try await store.minute("a", time)
                    time.setClock(by: .hours(-1))
                    published += right + ahead
                    // After an hour, the beat whose clock is ahead has already published the ticks of the other one.
                    try expect(right, is: minute < 61 ? [minute] : [], "ticks of the right clock, minute \(minute)")
                    try expect(ahead, is: [minute + 60], "ticks of the clock ahead, minute \(minute)")
                }
                try expect(published.count, is: Set(published).count, "ticks, each once")
            },
            ScheduleBrokerCheck("another schedule, put while the last tick lies ahead, begins now") { store, time in
                try await store.put(.everyMinute("a"))
                time.setClock(by: .days(400))
                try expect(await store.tick("a", time).count, is: 1, "ticks of the clock that runs ahead")
                time.setClock(by: .days(-400))
                var entry = ScheduleEntry.everyMinute("a")
                entry.schedule = .every(.seconds(20), anchoredAt: ManualTime.epoch)
                try await store.put(entry)
                await time.advance(by: .seconds(20))
                try expect(await store.tick("a", time), is: [ManualTime.epoch.adding(.seconds(20))], "ticks")
            },
        ]
    }
}

extension ScheduleBroker {
    /// Publishes the due ticks of an entry, as a beat does.
    ///
    /// - Returns: the published ticks, in minutes since the check began.
    fileprivate func minute(_ name: String, _ time: ManualTime) async throws -> [Int] {
        try await tick(name, time).map { Int($0.timeIntervalSince(ManualTime.epoch) / 60) }
    }
}
