import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import ServiceLifecycle
import Testing

@Suite("Beat", .timeLimit(.minutes(15)))
struct BeatTests {
    let time = ManualTime()
    let store: MemoryStore

    init() { store = MemoryStore(time: time) }

    private func app(_ options: (inout AppOptions) -> Void = { _ in }) throws -> TaskApp {
        try makeApp(time: time, store: store, options: options)
    }

    @Test("each tick is published once and in time, by however many beats", arguments: [1, 3])
    func onceEach(beats: Int) async throws {
        let app = try app()
        try await app.timetable.put(.every(10))
        try await withBeats(Array(repeating: app, count: beats)) {
            for passed in 1...6 {
                try await time.pass(9, beats: beats)
                #expect(try await app.ticks() == (1..<passed).map { $0 * 10 })
                try await time.pass(1, beats: beats)
            }
        }
        #expect(try await app.ticks() == [10, 20, 30, 40, 50, 60])
        #expect(try await app.timetable.entry("a")?.state.runs == 6)
        let ids = try await app.waiting().map(\.id)
        #expect(ids == (1...6).map { Tick(entry: "a", date: ManualTime.epoch.adding(.seconds($0 * 10))).taskID })
    }

    @Test("many entries each have their own rhythm")
    func manyEntries() async throws {
        let app = try app { options in options.schedule = (1...200).map { .every($0, "every \($0)") } }
        try await withBeats([app]) { try await time.pass(60) }
        let expected = (1...200).reduce(0) { $0 + 60 / $1 }
        #expect(try await app.waiting().count == expected)
        #expect(try await app.timetable.entry("every 7")?.state.runs == 8)
    }

    @Test("what code declares is put into the store, and goes when it is declared no more")
    func declares() async throws {
        let first = try app { $0.schedule = [.every(10, "a"), .every(10, "b")] }
        try first.schedule(.every(10, "c"))
        try await withBeats([first]) { try await time.pass(10) }
        try await first.timetable.put(.every(10, "dynamic"))
        let second = try app { $0.schedule = [.every(10, "b"), .every(30, "c")] }
        try await withBeats([second]) { try await time.pass(10) }
        #expect(try await second.timetable.entries.map(\.name) == ["b", "c", "dynamic"])
        #expect(try await second.timetable.entries.map(\.state.runs) == [2, 1, 1])
    }

    @Test("two declared entries of one name are refused, as is one without a name")
    func refusesTwins() throws {
        let app = try app { $0.schedule = [.every(10)] }
        let twin = #expect(throws: CeleriacError.self) { try app.schedule(.every(20)) }
        #expect(twin?.code == .invalidSchedule)
        let nameless = #expect(throws: CeleriacError.self) { try app.schedule(.every(20, "")) }
        #expect(nameless?.code == .invalidName)
    }

    @Test("a beat that declares nothing on purpose leaves the declared entries alone")
    func leavesAlone() async throws {
        try await withBeats([try app { $0.schedule = [.every(10)] }]) { try await time.pass(1) }
        let other = try app()
        try await withBeats([other], BeatOptions(synchronizes: false)) { try await time.pass(10) }
        #expect(try await other.ticks() == [10])
    }

    @Test("entries that are added, changed, paused, resumed and removed meanwhile are heeded")
    func heedsChanges() async throws {
        let app = try app()
        let timetable = try app.timetable
        try await withBeats([app]) {
            try await time.pass(5)
            try await timetable.put(.every(10))
            try await time.pass(10)
            #expect(try await app.ticks() == [15])
            try await timetable.put(.every(3))
            try await time.pass(6)
            #expect(try await app.ticks() == [15, 18, 21])
            try await timetable.pause("a")
            try await time.pass(9)
            #expect(try await app.ticks() == [15, 18, 21])
            try await timetable.resume("a")
            try await time.pass(2)
            // The latest of those that were missed.
            #expect(try await app.ticks() == [15, 18, 21, 30])
            try await timetable.remove("a")
            try await time.pass(10)
            #expect(try await app.ticks() == [15, 18, 21, 30])
        }
    }

    @Test(
        "ticks that came while no beat was running are dealt with as the entry says",
        arguments: [(.skip, []), (.runOnce, [240]), (.runAll(max: 2), [180, 240])] as [(MissedPolicy, [Int])])
    func missed(policy: MissedPolicy, expected: [Int]) async throws {
        let app = try app()
        try await app.timetable.put(.every(60, missed: policy))
        await time.advance(by: .seconds(290))
        try await withBeats([app], BeatOptions(grace: .seconds(5))) {
            try await time.pass(1)
            #expect(try await app.ticks() == expected)
            try await time.pass(9)
            #expect(try await app.ticks() == expected + [300])
        }
    }

    @Test("a single time comes once")
    func once() async throws {
        let app = try app()
        let entry = ScheduleEntry("launch", .once(at: ManualTime.epoch.adding(.seconds(5))), task: "tick")
        try await app.timetable.put(entry)
        try await withBeats([app]) { try await time.pass(20) }
        #expect(try await app.ticks() == [5])
    }

    @Test("clocks that are set do neither double nor lose a tick")
    func clockIsSet() async throws {
        let app = try app()
        try await app.timetable.put(.every(10, missed: .runAll(max: 100)))
        try await withBeats([app]) {
            try await time.pass(20)
            time.setClock(by: .seconds(-15))
            try await time.pass(15)
            #expect(try await app.ticks() == [10, 20])
            time.setClock(by: .seconds(25))
            try await time.pass(5)
            #expect(try await app.ticks() == [10, 20, 30, 40, 50])
        }
    }

    @Test("it ends when its service group shuts down")
    func shutsDown() async throws {
        let app = try app { $0.schedule = [.every(10)] }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: Beat(app), successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: app.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await time.pass(10)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(try await app.ticks() == [10])
    }

    @Test("without a store of schedules it does not start, and says why")
    func unsupported() async throws {
        let app = try TaskApp(
            Backend(broker: PlainBroker(store), results: nil), options: AppOptions(discoversTasks: false), time: time)
        let error = await #expect(throws: CeleriacError.self) { try await Beat(app).run() }
        #expect(error?.code == .unsupported)
    }

    @Test("a worker publishes what is due, and runs it")
    func insideWorker() async throws {
        let app = try app { $0.schedule = [.every(10)] }
        let ticks = Journal<Tick?>()
        _ = try app.task("tick") { () -> Int in
            ticks.write(TaskContext.current?.tick)
            return 1
        }
        // A lease that the racing clock cannot end, since a call whose lease lapses runs again.
        try await withWorker(app, WorkerOptions(lease: .hours(12), beat: BeatOptions())) { _ in
            while ticks.entries.count < 2 { await time.advance(by: .seconds(1)) }
        }
        // The clock went while the beat began, and may be ahead of it: ticks are counted from when it saw the entry.
        let firstSeen = try #require(try await app.timetable.entry("a")).state.firstSeen
        let passed = ticks.entries.compactMap { $0?.date.timeIntervalSince(firstSeen) }
        #expect(passed.count == ticks.entries.count && Set(passed).count == passed.count)
        #expect(passed.allSatisfy { $0 > 0 && $0.truncatingRemainder(dividingBy: 10) == 0 }, "\(passed)")
    }
}
