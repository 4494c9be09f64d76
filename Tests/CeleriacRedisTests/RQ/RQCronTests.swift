import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

/// Functions that are called again and again, in virtual time.
@Suite("RQ's cron calls functions when they are due", .oneServer, .timeLimit(.minutes(15)))
struct RQCronTests {
    /// Thursday, 2026-11-26, 09:00:20 UTC.
    private let time = ManualTime(startingAt: Date(timeIntervalSince1970: 1_795_683_620))

    private func store(_ prefix: String = RQStores.prefix()) throws -> RQStore {
        try RQStores.inVirtualTime(time, prefix: prefix)
    }

    /// Looks again and again until `end`, as ``RQCron/run()`` does.
    private func run(_ cron: RQCron, for span: Duration) async throws {
        var state = RQCron.State(cron.entries, createdAt: time.now)
        let end = time.now.adding(span)
        while time.now <= end {
            let pause = try await cron.step(&state)
            #expect(pause > .zero && pause <= .seconds(60))
            await time.advance(by: pause)
        }
    }

    private func waiting(_ store: RQStore, _ queue: String = "default") async throws -> [String] {
        try await store.raw("LRANGE", store.keys.queue(try QueueName(queue)), "0", "-1").texts
    }

    // MARK: Ticks

    @Test("An interval is due at once, then at whole multiples of it")
    func intervals() async throws {
        let store = try store()
        let cron = RQCron(store, [try RQCronEntry(calling: "tasks.tick", in: "default", every: .seconds(60))])
        try await run(cron, for: .seconds(0))
        #expect(try await waiting(store).count == 1)
        try await run(cron, for: .seconds(150))
        // At 09:00:20 for 09:00, then at 09:01, 09:02 and 09:03.
        #expect(try await waiting(store).count == 4)
        await store.close()
    }

    @Test("Schedulers that know nothing of each other publish each tick once")
    func once() async throws {
        let prefix = RQStores.prefix()
        let stores = try (0..<3).map { _ in try store(prefix) }
        let entry = try RQCronEntry("report", calling: "tasks.tick", in: "default", every: .seconds(10))
        let crons = stores.map { RQCron($0, [entry]) }
        var states = crons.map { RQCron.State($0.entries, createdAt: time.now) }
        for _ in 0..<6 {
            try await withThrowingTaskGroup(of: (Int, RQCron.State).self) { group in
                for (place, cron) in crons.enumerated() {
                    group.addTask { [state = states[place]] in
                        var state = state
                        _ = try await cron.step(&state)
                        return (place, state)
                    }
                }
                for try await (place, state) in group { states[place] = state }
            }
            await time.advance(by: .seconds(10))
        }
        let ids = try await waiting(stores[0])
        #expect(ids.count == 6 && Set(ids).count == 6)
        for store in stores { await store.close() }
    }

    @Test("A crontab follows the clocks of its zone, and what was missed is one run")
    func crontabs() async throws {
        let store = try store()
        let entry = try RQCronEntry(
            calling: "tasks.tick", in: "default", cron: "*/5 10 * * *", zone: try Zone("Europe/Berlin"))
        let cron = RQCron(store, [entry])
        var state = RQCron.State(cron.entries, createdAt: time.now)
        _ = try await cron.step(&state)
        #expect(try await waiting(store).isEmpty, "nothing was due when it began")
        await time.advance(by: .minutes(17))
        _ = try await cron.step(&state)
        let ids = try await waiting(store)
        let tick = Date(timeIntervalSince1970: 1_795_683_600 + 15 * 60)
        #expect(ids == [Tick(entry: "tasks.tick", date: tick).taskID.rawValue])
        await store.close()
    }

    @Test("A clock that ran ahead and is set right silences no entry, and no tick comes twice")
    func clockRunsAhead() async throws {
        let store = try store()
        let cron = RQCron(store, [try RQCronEntry("a", calling: "tasks.tick", in: "default", cron: "* * * * *")])
        var state = RQCron.State(cron.entries, createdAt: time.now)
        time.setClock(by: .hours(1))
        _ = try await cron.step(&state)
        #expect(try await waiting(store).count == 1, "the tick of 10:00")
        time.setClock(by: .hours(-1))
        _ = try await cron.step(&state)
        #expect(try await waiting(store).count == 1, "it counts as now")
        for minute in 1...59 {
            await time.advance(by: .minutes(1))
            _ = try await cron.step(&state)
            #expect(try await waiting(store).count == 1 + minute)
        }
        await time.advance(by: .minutes(1))
        _ = try await cron.step(&state)
        #expect(try await waiting(store).count == 60, "the tick of 10:00 was there before")
        // Another scheduler, which starts anew, goes on too.
        var other = RQCron.State(cron.entries, createdAt: time.now)
        await time.advance(by: .minutes(1))
        _ = try await cron.step(&other)
        let ids = try await waiting(store)
        #expect(ids.count == 61 && Set(ids).count == 61)
        await store.close()
    }

    @Test("What is listed says what runs, when it ran and when it will")
    func listing() async throws {
        let store = try store()
        var entry = try RQCronEntry(
            "ping", calling: "tasks.tick", EncodedArguments(args: [1], kwargs: ["loud": true]), in: "default",
            every: .seconds(60))
        entry.options.meta = ["of": "tests"]
        entry.options.webhooks = [JobWebhook("http://127.0.0.1/done", on: .finished)]
        let cron = RQCron(store, [entry], name: "clock", configurationFile: "Main.swift")
        let running = Task { try await cron.run() }
        try await time.untilSleepers(1)
        let listed = try RQCronScheduler(
            name: "clock", fields: try await store.fields(ofHash: store.keys.cronScheduler("clock")))
        #expect(listed.configurationFile == "Main.swift" && listed.processID == RQIdentity.processID)
        let job = try #require(listed.jobs.first)
        #expect(job.task == "tasks.tick" && job.name == "ping" && job.interval == .seconds(60))
        #expect(job.args == "[1]" && job.kwargs == #"{"loud": true}"#)
        #expect(job.options["meta"] == #"{"of": "tests"}"#)
        #expect(job.options["result_ttl"] == 500 && job.options["job_timeout"] == 180)
        #expect(job.options["webhooks"]?.stringValue?.contains("127.0.0.1/done") == true)
        #expect(job.latestEnqueueTime == time.now)
        #expect(job.nextEnqueueTime == Date(timeIntervalSince1970: 1_795_683_660))
        #expect(try await store.raw("ZCARD", store.keys.jobs(ofCronJob: "ping")).integer == 1)
        #expect(try await store.raw("ZRANGE", store.keys.cronJobs, "0", "-1").texts == ["ping"])
        running.cancel()
        try await running.value
        #expect(try await store.raw("ZCARD", store.keys.cronSchedulers).integer == 0)
        await store.close()
    }

    @Test("Two schedulers cannot have one name")
    func names() async throws {
        let store = try store()
        let entries = [try RQCronEntry(calling: "tasks.tick", in: "default", every: .seconds(60))]
        let running = Task { try await RQCron(store, entries, name: "clock").run() }
        try await time.untilSleepers(1)
        await #expect { try await RQCron(store, entries, name: "clock").run() } throws: { error in
            (error as? CeleriacError)?.code == .invalidConfiguration && "\(error)".contains("clock")
        }
        running.cancel()
        try await running.value
        await store.close()
    }

    @Test("Bad entries are refused with a reason")
    func refusals() throws {
        #expect { try RQCronEntry(calling: "t", in: "q", every: .milliseconds(10)) } throws: {
            ($0 as? CeleriacError)?.code == .invalidSchedule
        }
        #expect { try RQCronEntry(calling: "t", in: "q", cron: "61 * * * *") } throws: {
            ($0 as? CeleriacError)?.code == .invalidSchedule && "\($0)".contains("minute")
        }
    }
}
