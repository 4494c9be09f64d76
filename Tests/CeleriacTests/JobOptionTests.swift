import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

@Suite("What a call says in RQ's words")
struct JobOptionTests {
    private let time = ManualTime()

    @Test("what other brokers can do travels with the message")
    func travels() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let report = try app.task("report") { (id: String, n: Int) in n }
        let retry = JobRetry(max: 3, intervals: [.seconds(10)], atFront: true)
        let sent = try await app.queue("sums").enqueue(
            echo(1), id: "said", retry: retry, onSuccess: report,
            onFailure: JobCallback("tasks.alarm", timeout: .seconds(5)), group: "kitchen", meta: ["user": 7],
            description: "one plus one", timeout: .seconds(90), ttl: .minutes(2))
        #expect(sent.id == "said")
        let message = try #require(try await app.job("said")?.message)
        let headers = message.envelope.headers
        #expect(JobRetry(headers.extra[JobRetry.header]) == retry)
        let callbacks = JobCallbacks(headers.extra[JobCallbacks.header])
        #expect(callbacks.success == JobCallback("report"))
        #expect(callbacks.failure == JobCallback("tasks.alarm", timeout: .seconds(5)))
        #expect(callbacks.stopped == nil)
        #expect(headers.extra["meta"] == ["user": 7] && headers.extra["description"] == "one plus one")
        #expect(headers.group == "kitchen" && headers.timeLimit == .seconds(90))
        #expect(headers.expires == time.now.adding(.minutes(2)))
        #expect(message.queue == "sums")
    }

    @Test("the time in the queue begins when the call is due")
    func ttlOfDelayed() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let id = try await app.queue("sums").enqueue(echo(1), in: .hours(1), ttl: .minutes(2)).id
        let headers = try #require(try await app.job(id)?.message).envelope.headers
        #expect(headers.expires == time.now.adding(.minutes(62)))
    }

    @Test(
        "what only rq:// can do is refused by name, and nothing is sent",
        arguments: [
            ("dependsOn", JobOptions(dependsOn: [TaskID("other")])),
            ("repeat", JobOptions(repeat: JobRepeat(times: 2))),
            ("rateLimit", JobOptions(rateLimit: JobRateLimit(key: "pan", concurrency: 1))),
            ("webhooks", JobOptions(webhooks: [JobWebhook("http://localhost/", on: .finished)])),
            ("resultTTL", JobOptions(resultTTL: .minutes(1))), ("failureTTL", JobOptions(failureTTL: .forever)),
        ])
    func refused(name: String, job: JobOptions) async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let queue = app.queue("sums")
        let error = await #expect(throws: CeleriacError.self) { try await queue.enqueue(echo(1), job: job) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("\(name) ") == true && error?.message.contains("(memory)") == true)
        #expect(try await queue.isEmpty)
    }

    @Test(
        "what cannot be meant is refused",
        arguments: [
            JobOptions(unique: true), JobOptions(dependsOn: []), JobOptions(id: "a", dependsOn: [TaskID("a")]),
            JobOptions(retry: JobRetry(max: 1, intervals: [.seconds(-1)])), JobOptions(repeat: JobRepeat(times: 0)),
            JobOptions(repeat: JobRepeat(times: 1, interval: .seconds(-1))), JobOptions(group: ""),
            JobOptions(rateLimit: JobRateLimit(key: "", concurrency: 1)),
            JobOptions(rateLimit: JobRateLimit(key: "a", concurrency: 0)),
            JobOptions(webhooks: [JobWebhook("ftp://localhost/", on: .failed)]),
            JobOptions(webhooks: [JobWebhook("https://", on: .failed)]),
            JobOptions(webhooks: [JobWebhook("http://localhost/", on: .failed, timeout: .zero)]),
            JobOptions(timeout: .zero), JobOptions(resultTTL: .seconds(-2)), JobOptions(ttl: .seconds(-1)),
        ])
    func wrong(job: JobOptions) async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let queue = app.queue("sums")
        let error = await #expect(throws: CeleriacError.self) { try await queue.enqueue(echo(1), job: job) }
        #expect(error?.code == .invalidArguments)
        #expect(try await queue.isEmpty)
    }

    @Test("a callback that cannot take what it will be given is refused where it is known")
    func wrongCallback() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let short = try app.task("short") { (id: String) in 0 }
        let queue = app.queue("sums")
        let error = await #expect(throws: CeleriacError.self) {
            try await queue.enqueue(echo(1), onSuccess: short)
        }
        #expect(error?.code == .invalidArguments && error?.message.contains("short") == true)
        try await queue.enqueue(echo(1), onSuccess: JobCallback("elsewhere"), onStopped: short)
        #expect(try await queue.count == 1)
    }

    @Test("a unique job is refused while another of its id waits; without unique: the handle is the other's")
    func unique() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let queue = app.queue("sums")
        let first = try await queue.enqueue(echo(1), id: "only", unique: true)
        let error = await #expect(throws: CeleriacError.self) {
            try await queue.enqueue(echo(2), id: "only", unique: true)
        }
        #expect(error?.code == .duplicateJob && error?.message.contains("only") == true)
        #expect(try await queue.enqueue(echo(3), id: "only").id == first.id)
        #expect(try await queue.count == 1)
    }

    @Test("of many calls each has its own words, and what is said for all where it says nothing")
    func many() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let own = echo(2).with(JobOptions(retry: JobRetry(max: 7), description: "own"))
        let sent = try await app.queue("sums").enqueueMany(
            [echo(1), own], job: JobOptions(retry: JobRetry(max: 3), meta: ["for": "all"]))
        var seen: [JobSnapshot] = []
        for result in sent { seen.append(try await result.job.refresh()) }
        #expect(seen.map(\.retriesLeft) == [3, 7])
        #expect(seen.map(\.meta) == [["for": "all"], ["for": "all"]])
        #expect(seen.map(\.description) == [nil, "own"])
    }

    @Test("what enqueue says wins over what the call says, which stays elsewhere")
    func merged() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let call = echo(1).with(JobOptions(id: "merged", retry: JobRetry(max: 7), description: "own"))
        try await app.queue("sums").enqueue(call, retry: JobRetry(max: 1))
        let seen = try await #require(try await app.job("merged")).refresh()
        #expect(seen.retriesLeft == 1 && seen.description == "own")
    }

    @Test("a function that lives elsewhere is enqueued by its name, and its options beside its arguments")
    func byName() async throws {
        let app = try makeApp(time: time)
        try await app.queue("python").enqueue(
            "tasks.count_words", args: ["a b"], kwargs: ["language": "en"], id: "named", meta: ["user": 7])
        let envelope = try #require(try await app.job("named")?.message).envelope
        #expect(envelope.task == "tasks.count_words" && envelope.headers.extra["meta"] == ["user": 7])
        let body = try JSONValue(parsing: envelope.body)
        #expect(body[0] == ["a b"] && body[1] == ["language": "en"])
    }

    @Test("at the front, at a time, and with no result kept: by the words of RQ")
    func own() async throws {
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let queue = app.queue("sums")
        try await queue.enqueue(echo(1), id: "last")
        try await queue.enqueue(echo(2), id: "first", resultTTL: .zero, atFront: true)
        try await queue.enqueue(echo(3), in: .hours(9), at: time.now.adding(.hours(1)), id: "later")
        #expect(try await queue.ids().items == ["first", "last"])
        #expect(try await app.job("first")?.refresh().resultTTL == .zero)
        #expect(try await app.job("later")?.refresh().scheduledFor == time.now.adding(.hours(1)))
    }
}
