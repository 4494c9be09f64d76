import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Logging
import Testing

@Suite("What the beat publishes", .timeLimit(.minutes(15)))
struct BeatCallTests {
    let time = ManualTime()
    let store: MemoryStore

    init() { store = MemoryStore(time: time) }

    private func app(_ options: (inout AppOptions) -> Void = { _ in }) throws -> TaskApp {
        try makeApp(time: time, store: store, options: options)
    }

    private var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    @Test("a call has the arguments and options of its entry, else of its task")
    func options() async throws {
        let app = try app()
        let task = try app.task("report", options: TaskOptions(queue: "reports", timeLimit: .seconds(60))) {
            (day: String) in day
        }
        var call = task("monday")
        call.options.priority = .high
        call.options.headers = ["tenant": "seven"]
        try app.schedule(ScheduleEntry("nightly", .every(.seconds(10)), call, expires: .seconds(30)))
        try await withBeats([app]) { try await time.pass(10) }
        let message = try #require(try await app.waiting(in: "reports").first)
        #expect(message.envelope.task == "report")
        #expect(String(decoding: message.envelope.body, as: UTF8.self).hasPrefix(#"[["monday"],{}"#))
        #expect(message.envelope.priority == .high)
        #expect(message.envelope.timeLimit == .seconds(60))
        #expect(message.envelope.expires == ManualTime.epoch.adding(.seconds(40)))
        #expect(message.envelope.headers.extra["tenant"] == "seven")
        #expect(message.envelope.headers.rootID == message.id)
    }

    @Test("stamps of a call are those of every call of its entry")
    func stamps() async throws {
        let app = try app()
        let task = try app.task("report") { (day: String) in day }
        try app.schedule(ScheduleEntry("nightly", .every(.seconds(10)), task("monday").stamped(["tenant": "seven"])))
        try await withBeats([app]) { try await time.pass(10) }
        let headers = try #require(try await app.waiting().first).envelope.headers.extra
        #expect(headers["stamps"] == ["tenant": "seven"] && headers["stamped_headers"] == ["tenant"])
    }

    @Test("a call that asks for what no entry has is refused where it is declared or put, by name")
    func refusals() async throws {
        let app = try app()
        let task = try app.task("report") { (day: String) in day }
        let note = Step<String, Bool>("note")
        let calls: [(Signature<String>, String)] = [
            (task("monday").link(note), "link,"), (task("monday").linkError(note), "linkError,"),
            (task("monday").with(JobOptions(description: "a report")), "job,"),
            (task("monday").with(CallOptions(id: "x", countdown: .seconds(1))), "id, countdown,"),
            (task("monday").with(CallOptions(unique: .key("k", .untilDone), atFront: true)), "unique, atFront,"),
            (task("monday").stamped(["queue": "x"]), "\"queue\""),
        ]
        for (call, words) in calls {
            let entry = ScheduleEntry("nightly", .every(.seconds(10)), call)
            let declared = #expect(throws: CeleriacError.self) { try app.schedule(entry) }
            #expect(declared?.message.contains(words) == true, "\(declared?.message ?? "")")
            await #expect(throws: CeleriacError.self) { try await app.timetable.put(entry) }
        }
        #expect(try await app.timetable.entries.isEmpty)
    }

    @Test("an entry that names a task only has the options of the task that the app knows")
    func knownTask() async throws {
        let app = try app()
        _ = try app.task("report", options: TaskOptions(queue: "reports", expires: .seconds(5))) { () in 1 }
        try await app.timetable.put(ScheduleEntry("nightly", .every(.seconds(10)), task: "report"))
        try await withBeats([app]) { try await time.pass(10) }
        #expect(try await app.waiting(in: "reports").first?.envelope.expires == ManualTime.epoch.adding(.seconds(15)))
    }

    @Test("jitter puts calls off by what entry and tick say, in the broker")
    func jitter() async throws {
        let app = try app()
        var entry = ScheduleEntry.every(10)
        entry.jitter = Jitter(upTo: .seconds(8))
        entry.expires = .seconds(1)
        try await app.timetable.put(entry)
        try await withBeats([app]) { try await time.pass(10) }
        let message = try #require(try await app.waiting().first)
        let due = entry.jitter.date(of: Tick(entry: "a", date: ManualTime.epoch.adding(.seconds(10))))
        #expect(message.status == .delayed)
        #expect(message.notBefore == due)
        #expect(message.envelope.expires == due.adding(.seconds(1)))
    }

    @Test("while the last call waits or runs, ticks are left out if the entry says so")
    func overlap() async throws {
        let app = try app()
        let (started, gate) = (Gate(), Gate())
        _ = try app.task("tick") { () -> Int in
            started.open()
            try await gate.wait()
            return 1
        }
        var entry = ScheduleEntry.every(10, missed: .runAll(max: 10))
        entry.overlap = .skip
        try await app.timetable.put(entry)
        try await withBeats([app]) {
            try await time.pass(20)
            #expect(try await app.ticks() == [10])
        }
        let first = app.result(of: try await app.waiting()[0].id, as: Int.self)
        try await withWorker(app) { _ in
            try await started.wait()
            gate.open()
            #expect(try await first.get() == 1)
        }
        #expect(try await app.timetable.entry("a")?.state.lastTick == ManualTime.epoch.adding(.seconds(20)))
        // Of two that were missed the latest stands for both, since they would overlap.
        await time.advance(by: .seconds(25))
        try await withBeats([app]) { try await time.pass(1) }
        #expect(try await app.ticks() == [40])
    }

    @Test("a call that runs counts as not over")
    func overlapWhileRunning() async throws {
        let app = try app()
        let (started, gate) = (Gate(), Gate())
        _ = try app.task("tick") { () -> Int in
            started.open()
            try await gate.wait()
            return 1
        }
        var entry = ScheduleEntry.every(10)
        entry.overlap = .skip
        try await app.timetable.put(entry)
        try await withWorker(app) { _ in
            try await app.timetable.runNow("a")
            try await started.wait()
            await time.advance(by: .seconds(10))
            try await withBeats([app]) {
                while try await app.timetable.entry("a")?.state.lastTick == nil { await time.advance(by: .seconds(1)) }
            }
            gate.open()
        }
        #expect(try await app.timetable.entry("a")?.state.runs == 1)
    }

    @Test("a run out of turn needs no beat, heeds no pause, and moves no tick")
    func runNow() async throws {
        let app = try app()
        _ = try app.task("tick") { () in 7 }
        var entry = ScheduleEntry.every(10)
        entry.isPaused = true
        try await app.timetable.put(entry)
        let result = try await app.timetable.runNow("a")
        _ = try await drain(app)
        #expect(try await result.get() == 7)
        let state = try #require(try await app.timetable.entry("a")?.state)
        #expect(state.lastTick == nil)
        #expect(state.lastCall == result.id)
        let error = await #expect(throws: CeleriacError.self) { try await app.timetable.runNow("b") }
        #expect(error?.code == .unknownEntry)
    }

    @Test("a call that is refused holds up no other entry, and no other tick")
    func refused() async throws {
        let app = try app { $0.queues = ["celery"] }
        var lost = ScheduleEntry.every(10, "lost")
        lost.queue = "elsewhere"
        try await app.timetable.put(lost)
        try await app.timetable.put(.every(10, "fine"))
        try await withBeats([app]) {
            try await time.pass(20)
            #expect(try await app.ticks() == [10, 20])
            #expect(try await app.timetable.entry("lost")?.state.lastTick == nil)
            lost.queue = nil
            try await app.timetable.put(lost)
            try await time.pass(2)
        }
        #expect(try await app.timetable.entry("lost")?.state.runs == 1)
    }

    @Test("a middleware sees the calls, and can keep them out")
    func middleware() async throws {
        struct Keeper: TaskMiddleware {
            let seen: Journal<TaskName>

            func plan(_ messages: [Message]) async throws -> [Message] {
                for message in messages { seen.write(message.task) }
                return messages.filter { $0.task != "private" }
            }
        }
        let seen = Journal<TaskName>()
        let app = try app { $0.middleware = [Keeper(seen: seen)] }
        try await app.timetable.put(.every(10))
        try await app.timetable.put(ScheduleEntry("b", .every(.seconds(10)), task: "private"))
        try await withBeats([app, app]) { try await time.pass(20, beats: 2) }
        #expect(Set(seen.entries) == ["tick", "private"])
        #expect(try await app.ticks() == [10, 20])
        #expect(try await app.timetable.entry("b")?.state.lastTick == ManualTime.epoch.adding(.seconds(20)))
    }

    @Test("errors of the broker are waited out, and nothing is lost or doubled for them")
    func brokerTrouble() async throws {
        let flaky = FlakyBroker(store, time: time)
        let app = try TaskApp(Backend(flaky), options: AppOptions(discoversTasks: false), time: time, logger: quiet)
        try await app.timetable.put(.every(10, missed: .runAll(max: 100)))
        let late = BrokerError(.deadlineExceeded, "no answer")
        try await withBeats([app]) {
            try await time.pass(5)
            flaky.inject(.connectionLost, into: .readSchedule, times: 2)
            try await time.pass(4)
            flaky.inject(.connectionLost, into: .takeStep, times: 2)
            try await time.pass(6)
            #expect(try await app.ticks() == [10])
            flaky.inject(.failureAfterwards(late), into: .takeStep)
            try await time.pass(15)
            // On a crowded machine the beat may still wait for its next try.
            for _ in 0..<9 where try await app.ticks().count < 3 { try await time.pass(1) }
        }
        #expect(try await app.ticks() == [10, 20, 30])
        #expect(try await app.timetable.entry("a")?.state.runs == 3)
    }
}
