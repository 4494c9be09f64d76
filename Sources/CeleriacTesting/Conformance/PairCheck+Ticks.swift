#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Celeriac
import CeleriacCore

extension Check where Subject == Backend {
    /// The promises of a beat and its workers if the schedule may be in another store than the messages.
    static var ticks: [PairCheck] {
        [
            PairCheck("two beats publish each tick once, and each runs once") { backend, time in
                let field = try PairField(backend, time)
                try await field.app.timetable.put(ScheduleEntry("a", .every(.seconds(10)), field.add(1, 2)))
                try await withBeats([field.app, try PairField(backend, time).app]) {
                    try await time.pass(40, beats: 2)
                }
                try await field.drain()
                try expect(field.journal.count, is: 4, "runs")
                try expect(await field.app.timetable.entry("a")?.state.runs, is: 4, "runs of the entry")
            },
            PairCheck("the tick of a beat that died before it published is published by another one, under the same id")
            {
                backend, time in
                guard backend.scheduleBroker == nil else { return }
                let field = try PairField(backend, time)
                try await field.app.timetable.put(ScheduleEntry("a", .every(.minutes(1)), field.add(1, 2)))
                try await die(.afterClaim, backend, time)
                try await withBeats([field.app]) {
                    try await time.pass(10)
                    try await field.drain()
                    try expect(field.journal, is: [], "runs while the claim stands")
                    try await time.pass(20)
                }
                try await field.drain()
                try expect(field.journal, is: ["add 1 2"], "runs")
                try expect(await field.app.result(of: firstTick, as: Int.self).get(), is: 3, "result")
                try expect(await field.app.timetable.entry("a")?.state.runs, is: 1, "runs of the entry")
            },
            PairCheck("the tick of a beat that died once it had published is published again, and runs once") {
                backend, time in
                guard backend.scheduleBroker == nil else { return }
                let field = try PairField(backend, time)
                try await field.app.timetable.put(ScheduleEntry("a", .every(.minutes(1)), field.add(1, 2)))
                try await die(.beforeMark, backend, time)
                try await field.drain()
                try expect(field.journal, is: ["add 1 2"], "runs of the first publication")
                let ended = try await field.app.result(of: firstTick, as: Int.self).record
                try await withBeats([field.app]) { try await time.pass(30) }
                try expect(await backend.broker.counts(of: .default).ready, is: 1, "second deliveries")
                try await field.drain()
                try expect(field.journal, is: ["add 1 2"], "runs of both publications")
                try expect(await backend.broker.counts(of: .default), is: QueueCounts(), "messages that are left")
                try expect(await field.app.result(of: firstTick, as: Int.self).record, is: ended, "the record")
                try expect(await field.app.timetable.entry("a")?.state.runs, is: 1, "runs of the entry")
            },
            PairCheck("an entry that skips overlaps leaves ticks out until its last call has ended") { backend, time in
                let field = try PairField(backend, time)
                var entry = ScheduleEntry("a", .every(.seconds(10)), field.add(1, 2))
                entry.overlap = .skip
                try await field.app.timetable.put(entry)
                try await withBeats([field.app]) { try await time.pass(30) }
                try await field.drain()
                try expect(field.journal.count, is: 1, "runs of three ticks")
                try await withBeats([field.app]) { try await time.pass(10) }
                try await field.drain()
                try expect(field.journal.count, is: 2, "runs once the first has ended")
            },
        ]
    }

    private static var firstTick: TaskID {
        Tick(entry: "a", date: ManualTime.epoch.adding(.minutes(1))).taskID
    }

    /// Lets a beat begin the first tick, and stops it forever at the given moment.
    ///
    /// The tick is due when the beat starts: a clock that moves over many sleeps of a beat can leave it asleep beyond
    /// the end of the move.
    private static func die(_ moment: DyingSchedule.Moment, _ backend: Backend, _ time: ManualTime) async throws {
        let schedule = DyingSchedule(try backend.require(.schedule), moment)
        var doomed = backend
        doomed.schedule = schedule
        await time.advance(by: .minutes(1))
        try await withBeats([try PairField(doomed, time).app]) { await schedule.untilDead() }
    }
}

/// Runs beats next to `body`, and cancels them afterwards.
private func withBeats(_ apps: [TaskApp], _ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for app in apps { group.addTask { try await Beat(app).run() } }
        do { try await body() } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        while let ended = await group.nextResult() {
            if case .failure(let error) = ended, !(error is CancellationError) { throw error }
        }
    }
}

extension ManualTime {
    /// Moves the clock second by second; after each second, waits until the beats sleep again.
    fileprivate func pass(_ seconds: Int, beats: Int = 1) async throws {
        try await untilSleepers(beats)
        for _ in 0..<seconds {
            await advance(by: .seconds(1))
            try await untilSleepers(beats)
        }
    }
}
