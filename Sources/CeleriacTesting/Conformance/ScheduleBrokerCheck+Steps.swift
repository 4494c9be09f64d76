#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Check where Subject == any ScheduleBroker {
    static var steps: [ScheduleBrokerCheck] {
        [
            ScheduleBrokerCheck("a step publishes and moves the last tick on") { store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                let step = try await store.step("a", time)
                try expect(await store.take(step), is: PublishReport(), "report")
                try expect(await store.drain(), is: [step.publications[0].envelope.id], "messages")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state.lastTick, is: ManualTime.epoch.adding(.minutes(1)), "last tick")
                try expect(state.lastCall, is: step.publications[0].envelope.id, "last call")
                try expect(state.lastPublished, is: time.now, "time of the last call")
                try expect(state.runs, is: 1, "runs")
            },
            ScheduleBrokerCheck("of beats that race for a tick one publishes it, for each of many ticks") {
                store, time in
                try await store.put(.everyMinute("a"))
                for minute in 1...20 {
                    await time.advance(by: .minutes(1))
                    let step = try await store.step("a", time)
                    let done = try await withThrowingTaskGroup(of: Bool.self) { group in
                        for _ in 0..<3 { group.addTask { try await store.take(step) != nil } }
                        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                    }
                    try expect(done, is: 1, "beats that did minute \(minute)")
                    try expect(await store.drain(), is: [step.publications[0].envelope.id], "messages of it")
                }
                try expect(await store.scheduleRecord(of: "a")?.state.runs, is: 20, "runs")
            },
            ScheduleBrokerCheck("a step that was decided before others publishes nothing, however far it goes") {
                store, time in
                try await store.put(.everyMinute("a", missed: .runAll(max: 100)))
                await time.advance(by: .minutes(2))
                let early = try await store.step("a", time)
                await time.advance(by: .minutes(2))
                let late = try await store.step("a", time)
                try expect(await store.take(early) != nil, "the early step was not done")
                try expect(await store.take(late), is: nil, "the late step, of ticks that are done in part")
                try expect(await store.take(early), is: nil, "the early step again")
                try expect(await store.tick("a", time).count, is: 2, "ticks that are left")
                try expect(await store.drain().count, is: 4, "messages")
            },
            ScheduleBrokerCheck("a beat whose clock is behind does nothing again") { store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(5))
                try expect(await store.tick("a", time).count, is: 1, "ticks")
                time.setClock(by: .minutes(-3))
                try expect(await store.tick("a", time), is: [], "ticks by the clock that is behind")
                await time.advance(by: .minutes(3))
                try expect(await store.tick("a", time), is: [], "ticks up to the last one")
                await time.advance(by: .minutes(1))
                try expect(await store.tick("a", time), is: [ManualTime.epoch.adding(.minutes(6))], "ticks after it")
            },
            ScheduleBrokerCheck("a paused entry publishes nothing; resumed it goes on") { store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                let step = try await store.step("a", time)
                try expect(await store.setPaused(true, "a"), is: true, "pause")
                try expect(await store.take(step), is: nil, "a step decided before the pause")
                try expect(await store.scheduleRecord(of: "a")?.entry.isPaused, is: true, "whether it is paused")
                try expect(await store.take(store.step("a", time)), is: nil, "a step of the paused entry")
                try expect(await store.setPaused(false, "a"), is: true, "resumption")
                try expect(await store.take(step), is: nil, "the step decided before the pause")
                try expect(await store.tick("a", time).count, is: 1, "ticks after it")
                try expect(await store.setPaused(true, "b"), is: false, "pause of an entry that is not there")
            },
            ScheduleBrokerCheck("a run out of turn leaves the ticks alone, be the entry paused or not") { store, time in
                var entry = ScheduleEntry.everyMinute("a")
                entry.isPaused = true
                try await store.put(entry)
                let record = try require(await store.scheduleRecord(of: "a"), "the record")
                let step = ScheduleStep(of: record, through: nil, publishing: [.sample("now")], at: time.now)
                try expect(await store.take(step), is: PublishReport(), "report")
                try expect(await store.drain(), is: ["now"], "messages")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state.lastTick, is: nil, "last tick")
                try expect(state.lastCall, is: "now", "last call")
                try expect(state.runs, is: 1, "runs")
            },
            ScheduleBrokerCheck("a tick that is left out is dealt with, and counts as no run") { store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                let record = try require(await store.scheduleRecord(of: "a"), "the record")
                try expect(
                    await store.take(ScheduleStep(of: record, through: time.now, at: time.now)), is: PublishReport(),
                    "report")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state.lastTick, is: time.now, "last tick")
                try expect([state.runs, state.lastCall == nil ? 0 : 1], is: [0, 0], "runs and last call")
                try expect(await store.counts(of: .default).ready, is: 0, "messages")
            },
            ScheduleBrokerCheck("a call whose unique key is held is not published; its tick is dealt with") {
                store, time in
                try await store.put(.everyMinute("a"))
                try await store.publish([.sample("holder", unique: .untilDone)])
                await time.advance(by: .minutes(1))
                let record = try require(await store.scheduleRecord(of: "a"), "the record")
                let call = Publication.sample("second", unique: .untilDone)
                let step = ScheduleStep(of: record, through: time.now, publishing: [call], at: time.now)
                try expect(await store.take(step)?.duplicates, is: ["second": "holder"], "duplicates")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state.lastTick, is: time.now, "last tick")
                try expect(state.runs, is: 0, "runs")
                try expect(await store.drain(), is: ["holder"], "messages")
            },
            ScheduleBrokerCheck("a step's calls go where they say: by queue, priority and time") { store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                let record = try require(await store.scheduleRecord(of: "a"), "the record")
                let calls: [Publication] = [
                    .sample("low", priority: .low), .sample("high", priority: .critical),
                    .sample("other", to: "other"), .sample("later", notBefore: time.now.adding(.seconds(10))),
                ]
                _ = try await store.take(
                    ScheduleStep(of: record, through: time.now, publishing: calls, at: time.now))
                try expect(await store.drain(), is: ["high", "low"], "messages that are ready")
                try expect(await store.drain(["other"]), is: ["other"], "messages of the other queue")
                await time.advance(by: .seconds(10))
                try expect(await store.drain(), is: ["later"], "messages later")
            },
            ScheduleBrokerCheck("a step wakes a worker that waits") { store, time in
                try await store.put(.everyMinute("a"))
                await time.advance(by: .minutes(1))
                let step = try await store.step("a", time)
                try await store.consume { consumer in
                    async let claimed = consumer.next(upTo: 1, from: [.default], wait: true)
                    await time.settle()
                    _ = try await store.take(step)
                    try expect(await claimed.map(\.id), is: step.publications.map(\.envelope.id), "messages")
                }
            },
            ScheduleBrokerCheck("two entries have nothing to do with each other") { store, time in
                try await store.put(.everyMinute("a"))
                try await store.put(.everyMinute("b"))
                await time.advance(by: .minutes(1))
                _ = try await store.setPaused(true, "b")
                try expect(await store.tick("a", time).count, is: 1, "ticks of a")
                let other = try require(await store.scheduleRecord(of: "b"), "the record of b").state
                try expect([other.runs, other.lastTick == nil ? 0 : 1], is: [0, 0], "runs and last tick of b")
                try expect(await store.removeEntry("a"), is: true, "removal of a")
                _ = try await store.setPaused(false, "b")
                try expect(await store.tick("b", time).count, is: 1, "ticks of b")
            },
        ]
    }

    static var missedTicks: [ScheduleBrokerCheck] {
        let policies: [(MissedPolicy, String, [Int])] = [
            (.skip, "left out", []), (.runOnce, "made up for once", [10]),
            (.runAll(max: 3), "all made up for", [8, 9, 10]),
        ]
        return policies.map { policy, words, minutes in
            ScheduleBrokerCheck("ticks that nobody was there for are \(words) if the entry says so") { store, time in
                try await store.put(.everyMinute("a", missed: policy))
                await time.advance(by: .seconds(659))
                try expect(
                    await store.tick("a", time, grace: .seconds(10)),
                    is: minutes.map { ManualTime.epoch.adding(.minutes($0)) }, "ticks")
                await time.advance(by: .seconds(1))
                try expect(
                    await store.tick("a", time, grace: .seconds(10)), is: [ManualTime.epoch.adding(.minutes(11))],
                    "the next tick")
            }
        }
    }
}

// MARK: Steps of the checks

extension ScheduleBroker {
    /// Returns the step that a beat would take now for an entry.
    func step(_ name: String, _ time: ManualTime, grace: Duration = .seconds(60)) async throws
        -> ScheduleStep
    {
        let record = try require(await scheduleRecord(of: name), "the record of \(name)")
        return decided(on: record, time, grace).step
    }

    /// Publishes the due ticks of an entry, as a beat does.
    ///
    /// - Returns: the published ticks.
    func tick(_ name: String, _ time: ManualTime, grace: Duration = .seconds(60)) async throws -> [Date] {
        let record = try require(await scheduleRecord(of: name), "the record of \(name)")
        let (step, ticks) = decided(on: record, time, grace)
        guard step.through != record.state.lastTick else { return [] }
        try expect(await take(step) != nil, "the step was not done")
        return ticks
    }

    private func decided(
        on record: ScheduleRecord, _ time: ManualTime, _ grace: Duration
    ) -> (step: ScheduleStep, ticks: [Date]) {
        let due = record.due(at: time.now, grace: grace)
        let calls = due.ticks.map { Publication.sample(Tick(entry: record.name, date: $0).taskID) }
        let last = due.last ?? record.state.lastTick
        let dealt = due.last == nil ? nil : due.dealt
        return (ScheduleStep(of: record, through: last, dealt: dealt, publishing: calls, at: time.now), due.ticks)
    }
}

extension ScheduleEntry {
    static func everyMinute(_ name: String, missed: MissedPolicy = .runOnce) -> ScheduleEntry {
        ScheduleEntry(name, .every(.minutes(1)), task: "tests.sample", missed: missed)
    }

    /// An entry in which every option is set.
    static func full(_ name: String) -> ScheduleEntry {
        var arguments = EncodedArguments(args: [1, "zwei", ["drei": 3.0]], kwargs: ["key": nil])
        arguments.set("list", [1, 2])
        var entry = ScheduleEntry(
            name, .every(.milliseconds(1500), anchoredAt: ManualTime.epoch), task: "tests.full", arguments: arguments,
            queue: "reports", priority: .high, expires: .milliseconds(2500), missed: .runAll(max: 7), overlap: .skip,
            jitter: Jitter(upTo: .seconds(30)), isPaused: false)
        entry.route = ExchangeRoute(exchange: "feeds", routingKey: "feed.europe")
        entry.timeLimit = .minutes(10)
        entry.softTimeLimit = .minutes(9)
        entry.ignoreResult = true
        entry.headers = ["tenant": "seven", "nested": ["a": [1, 2.5, nil]]]
        return entry
    }
}
