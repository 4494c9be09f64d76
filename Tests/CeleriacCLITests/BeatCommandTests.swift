import Celeriac
import Foundation
import Testing

@testable import CeleriacCLI

@Suite("beat")
struct BeatCommandTests {
    let line: CommandLineUnderTest

    init() async throws {
        line = try CommandLineUnderTest()
        let timetable = try line.app.timetable
        var nightly = ScheduleEntry(
            "nightly", .crontab("30 2 * * *", in: try Zone("Europe/Berlin")), task: "tasks.add",
            arguments: EncodedArguments(args: [2, 2]), queue: "sums", overlap: .skip)
        nightly.headers = ["tenant": "secret"]
        try await timetable.put(nightly)
        try await timetable.put(ScheduleEntry("often", .every(.seconds(3600)), task: "tasks.echo"))
    }

    @Test("list shows entries with their schedules and next times, but no arguments")
    func lists() async throws {
        let text = await line.run("beat", "list").out
        #expect(text.split(separator: "\n").count == 3)
        #expect(text.contains("30 2 * * * (Europe/Berlin)"))
        let outcome = await line.run("beat", "list", "--json")
        let documents = try #require(try outcome.json.arrayValue)
        #expect(documents.map { $0["name"] } == ["nightly", "often"])
        #expect(documents[0]["queue"] == "sums")
        #expect(documents[0]["overlap"] == "skip")
        #expect(documents[0]["paused"] == false)
        #expect(documents[0]["runs"] == 0)
        #expect(documents[0]["last_tick"] == .null)
        #expect(documents[1]["next"]?.stringValue != nil)
        #expect(!outcome.out.contains("secret"))
    }

    @Test("list says so where there are none")
    func listsNothing() async throws {
        #expect(await line.run("beat", "delete", "nightly", "often").out == "deleted 2 entries\n")
        #expect(await line.run("beat", "list").err == "no entries\n")
    }

    @Test("add puts an entry into the schedule with all that is said of it, and a beat's call is made of that")
    func adds() async throws {
        let outcome = await line.run(
            "beat", "add", "weekly", "--task", "tasks.add", "--crontab", "0 6 * * 1", "--zone", "Europe/Berlin",
            "--args",
            "[20, 22]", "--queue", "sums", "--priority", "7", "--expires", "1h", "--time-limit",
            "5m",
            "--missed", "3", "--skip-overlaps", "--jitter", "30s", "--json")
        #expect(outcome.exit == 0, "\(outcome.err)")
        #expect(try outcome.json["schedule"] == "0 6 * * 1 (Europe/Berlin)")
        let entry = try #require(try await line.app.timetable.entry("weekly")?.entry)
        #expect(entry.source == .dynamic && entry.missed == .runAll(max: 3) && entry.overlap == .skip)
        #expect(
            entry.expires == .hours(1) && entry.timeLimit == .minutes(5) && entry.jitter == Jitter(upTo: .seconds(30)))
        #expect(entry.priority == .high && entry.queue == "sums" && !entry.isPaused)
        let id = TaskID(try #require(try await line.run("beat", "run", "weekly", "--json").json["id"]?.stringValue))
        try await Worker(line.app, options: WorkerOptions(queues: ["sums"], burst: true)).run()
        #expect(try await line.app.result(of: id, as: Int.self).get() == 42)
    }

    @Test("add says when an entry is due next, and that one has begun paused")
    func addsInWords() async throws {
        let text = await line.run(
            "beat", "add", "poll", "--task", "tasks.echo", "--every", "30s", "--kwargs", #"{"value": 1}"#
        ).out
        let kwargs = try await line.app.timetable.entry("poll")?.entry.arguments.kwargs
        #expect(kwargs == Array(#"{"value":1}"#.utf8))
        #expect(text.hasPrefix(#"added "poll", due next "#), "\(text)")
        let paused = await line.run("beat", "add", "later", "--task", "tasks.echo", "--at", "2h", "--paused").out
        #expect(paused == "added \"later\", paused\n")
        #expect(try await line.app.timetable.entry("later")?.entry.isPaused == true)
    }

    @Test("add takes the place of another entry only where it is told to")
    func replaces() async throws {
        let again = ["beat", "add", "often", "--task", "tasks.add", "--every", "1m"]
        let refused = await line.run(again)
        #expect(refused.exit == 1 && refused.err.contains("--replace"))
        #expect(try await line.app.timetable.entry("often")?.entry.task == "tasks.echo")
        #expect(await line.run(again + ["--replace"]).exit == 0)
        #expect(try await line.app.timetable.entry("often")?.entry.task == "tasks.add")
    }

    @Test(
        "add refuses what makes no entry, and puts nothing",
        arguments: [
            (["--task", "tasks.add"], "--every"),
            (["--task", "tasks.add", "--every", "1s", "--at", "2h"], "exactly one"),
            (["--task", "tasks.add", "--every", "0"], "1ms"),
            (["--task", "tasks.add", "--crontab", "61 * * * *"], "61"),
            (["--task", "tasks.add", "--crontab", "@daily", "--zone", "Mars/Base"], "Mars/Base"),
            (["--task", "tasks.add", "--every", "1s", "--zone", "UTC"], "--crontab"),
            (["--task", "tasks.add", "--every", "1s", "--args", "{}"], "args"),
            (["--task", "tasks.add", "--every", "1s", "--priority", "10"], "0 to 9"),
            (["--task", "tasks.add", "--every", "1s", "--missed", "0"], "missed"),
            (["--every", "1s"], "--task"),
        ])
    func refusesEntries(arguments: [String], word: String) async throws {
        let outcome = await line.run(["beat", "add", "odd"] + arguments)
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains(word), "\(outcome.err)")
        #expect(try await line.app.timetable.entry("odd") == nil)
    }

    @Test("next shows the ticks to come, ten unless told otherwise")
    func nextTimes() async throws {
        #expect(try await line.run("beat", "next", "often", "--json").json.arrayValue?.count == 10)
        let outcome = await line.run("beat", "next", "nightly", "--count", "3")
        #expect(outcome.out.split(separator: "\n").count == 4)
        #expect(outcome.out.contains("30:00+00:00"))
        #expect(await line.run("beat", "next", "weekly").exit == 3)
        #expect(await line.run("beat", "next", "often", "--count", "0").exit == 64)
    }

    @Test("pause and resume say what they did, and name those that are not there")
    func pauses() async throws {
        #expect(await line.run("beat", "pause", "nightly").out == "paused 1 entry\n")
        #expect(try await line.app.timetable.entry("nightly")?.entry.isPaused == true)
        #expect(await line.run("beat", "list").out.contains("paused"))
        #expect(await line.run("beat", "next", "nightly").err.contains("is paused"))
        let outcome = await line.run("beat", "resume", "nightly", "weekly", "--json")
        #expect(outcome.exit == 3)
        #expect(try outcome.json == ["resumed": ["nightly"], "missing": ["weekly"]])
        #expect(try await line.app.timetable.entry("nightly")?.entry.isPaused == false)
    }

    @Test("run publishes a call now and prints its id")
    func runs() async throws {
        let outcome = await line.run("beat", "run", "nightly", "--json")
        let id = TaskID(try #require(try outcome.json["id"]?.stringValue))
        try await Worker(line.app, options: WorkerOptions(queues: ["sums"], burst: true)).run()
        #expect(try await line.app.result(of: id, as: Int.self).get() == 4)
        #expect(await line.run("beat", "run", "weekly").exit == 3)
    }

    @Test("a program without tasks takes no declared entry away, and starts nothing that is none")
    func administers() async throws {
        #expect(await line.run("beat", "--max-interval", "1ms").exit == 64)
        #expect(await line.run("beat", "start", "--help").out.contains("--max-interval"))
        #expect(await line.run("beat", "--help").out.contains("pause"))
    }

    @Test("worker -B publishes what is due beside its tasks")
    func insideWorker() async throws {
        let soon = ScheduleEntry(
            "soon", .every(.milliseconds(20)), task: "tasks.add", arguments: EncodedArguments(args: [1, 1]))
        try await line.app.timetable.put(soon)
        let outcome = await line.run("worker", "-B", "--max-tasks", "2", "--json")
        #expect(outcome.exit == 0)
        #expect((try await line.app.timetable.entry("soon")?.state.runs ?? 0) >= 2)
    }
}
