#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore

/// A promise of every ``ScheduleStore``, whether or not it is a broker.
public typealias ScheduleStoreCheck = Check<any ScheduleStore>

extension Check where Subject == any ScheduleStore {
    /// The promises for a beat that publishes the ticks of this store through another broker.
    public static var claims: [ScheduleStoreCheck] {
        [
            ScheduleStoreCheck("a claimed step moves nothing; a marked one moves the last tick on and counts its calls")
            {
                store, time in
                let step = try await store.dueStep("a", time)
                let before = try require(await store.scheduleRecord(of: "a"), "the record")
                try expect(await store.claim(step, by: "one", for: .seconds(20)), is: true, "claim")
                try expect(await store.scheduleRecord(of: "a"), is: before, "the record once it is claimed")
                try expect(await store.mark(step, PublishReport()), is: true, "mark")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state, is: before.state.after(step, PublishReport()), "the state once it is marked")
                try expect(state.runs, is: 1, "runs")
            },
            ScheduleStoreCheck("of beats that race for a step one claims it") { store, time in
                let step = try await store.dueStep("a", time)
                let claimed = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for beat in 0..<5 {
                        group.addTask { try await store.claim(step, by: "beat \(beat)", for: .seconds(20)) }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                try expect(claimed, is: 1, "beats that have claimed it")
            },
            ScheduleStoreCheck(
                "a claim stands for its lease, also against a clock that was set back; its beat may renew it"
            ) {
                store, time in
                let step = try await store.dueStep("a", time)
                try expect(await store.claim(step, by: "one", for: .seconds(20)), is: true, "claim")
                await time.advance(by: .seconds(19))
                let other = try await store.sameStep("a", time)
                try expect(await store.claim(other, by: "two", for: .seconds(20)), is: false, "claim of another beat")
                try expect(await store.claim(other, by: "one", for: .seconds(20)), is: true, "claim of the same beat")
                await time.advance(by: .seconds(2))
                let later = try await store.sameStep("a", time)
                try expect(await store.claim(later, by: "two", for: .seconds(20)), is: false, "claim of a renewed step")
                await time.advance(by: .seconds(18))
                let lapsed = try await store.sameStep("a", time)
                try expect(
                    await store.claim(lapsed, by: "two", for: .seconds(20)), is: true, "claim once it has lapsed")
                try expect(await store.mark(lapsed, PublishReport()), is: true, "mark")
                try expect(await store.mark(step, PublishReport()), is: false, "mark of the beat that was too slow")
                try expect(await store.scheduleRecord(of: "a")?.state.runs, is: 1, "runs")
            },
            ScheduleStoreCheck("a claim by a clock that ran ahead does not stand until then") { store, time in
                let step = try await store.dueStep("a", time)
                var ahead = step
                ahead.at = step.at.adding(.days(365))
                try expect(await store.claim(ahead, by: "ahead", for: .seconds(20)), is: true, "claim from next year")
                try expect(await store.claim(step, by: "one", for: .seconds(20)), is: true, "claim of today")
            },
            ScheduleStoreCheck("a step that was decided before others is neither claimed nor marked") { store, time in
                let step = try await store.dueStep("a", time)
                try expect(await store.claim(step, by: "one", for: .seconds(20)), is: true, "claim")
                try expect(await store.mark(step, PublishReport()), is: true, "mark")
                try expect(await store.claim(step, by: "one", for: .seconds(20)), is: false, "claim of a marked step")
                try expect(await store.mark(step, PublishReport()), is: false, "second mark")
                await time.advance(by: .minutes(1))
                let next = try await store.sameStep("a", time)
                try expect(await store.claim(next, by: "two", for: .seconds(20)), is: true, "claim of the next tick")
                _ = try await store.setPaused(true, "a")
                try expect(await store.claim(next, by: "two", for: .seconds(20)), is: false, "claim of a paused entry")
                try expect(await store.mark(next, PublishReport()), is: false, "mark of a paused entry")
                _ = try await store.removeEntry("a")
                try expect(await store.claim(next, by: "two", for: .seconds(20)), is: false, "claim of no entry")
            },
            ScheduleStoreCheck("a run out of turn needs no claim and leaves the ticks alone") { store, time in
                let step = try await store.dueStep("a", time)
                try expect(await store.claim(step, by: "one", for: .seconds(20)), is: true, "claim of the tick")
                let record = try require(await store.scheduleRecord(of: "a"), "the record")
                let run = ScheduleStep(of: record, through: nil, publishing: [.sample("now")], at: time.now)
                try expect(await store.claim(run, by: "two", for: .seconds(20)), is: true, "whether it may run")
                try expect(await store.mark(run, PublishReport()), is: true, "mark")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state.lastTick, is: nil, "last tick")
                try expect(state.lastCall, is: "now", "last call")
                try expect(await store.mark(step, PublishReport()), is: true, "mark of the tick")
            },
            ScheduleStoreCheck("calls that the broker did not take count as no runs") { store, time in
                let step = try await store.dueStep("a", time)
                let call = try require(step.publications.first, "a call").envelope.id
                try expect(await store.mark(step, PublishReport(duplicates: [call: "holder"])), is: true, "mark")
                let state = try require(await store.scheduleRecord(of: "a"), "the record").state
                try expect(state.lastTick, is: time.now, "last tick")
                try expect([state.runs, state.lastCall == nil ? 0 : 1], is: [0, 0], "runs and last call")
            },
        ]
    }
}

extension ScheduleStore {
    /// Puts an entry, waits until its first tick is due, and returns the step for it.
    fileprivate func dueStep(_ name: String, _ time: ManualTime) async throws -> ScheduleStep {
        try await put(.everyMinute(name))
        await time.advance(by: .minutes(1))
        return try await sameStep(name, time)
    }

    /// Returns the step that a beat would take now: the calls up to the last whole minute are due.
    fileprivate func sameStep(_ name: String, _ time: ManualTime) async throws -> ScheduleStep {
        let record = try require(await scheduleRecord(of: name), "the record of \(name)")
        let due = record.due(at: time.now, grace: .minutes(1))
        let calls = due.ticks.map { Publication.sample(Tick(entry: name, date: $0).taskID) }
        return ScheduleStep(
            of: record, through: due.last, dealt: due.dealt, publishing: calls, at: time.now)
    }
}
