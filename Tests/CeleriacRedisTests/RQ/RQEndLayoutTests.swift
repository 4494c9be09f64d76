import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

/// What our worker leaves in Redis of a job that Python enqueued, beside what Python's worker left.
@Suite("A job ends as RQ ends it", .oneServer, .timeLimit(.minutes(15)))
struct RQEndLayoutTests {
    @Test(
        "a job that succeeds: hash, result, registry, times to live",
        arguments: [
            ("job-success", "ok1", "5"), ("job-none", "none1", "null"),
            ("job-result-ttl-minus-1", "ttlm1", "2"),
        ])
    func succeeds(name: String, id: String, result: String) async throws {
        let (recording, store, time) = try await ready(name, TaskID(id))
        let isForEver = name == "job-result-ttl-minus-1"
        let expires = time.now.adding(.seconds(500))
        try await end(TaskID(id), in: store, .ack) {
            .ended($0, .success, result: result, at: time.now, expires: expires)
        }
        try await expectEnd(of: TaskID(id), in: store, recording)
        #expect(try await store.isKept(store.keys.job(TaskID(id)), for: isForEver ? -1 : 500))
        #expect(try await store.isKept(store.keys.results(of: TaskID(id)), for: isForEver ? -1 : 500))
        let score = isForEver ? Double.infinity : time.now.timeIntervalSince1970.rounded(.down) + 500
        #expect(try await store.value("rq:finished:default") == RQValue(scored: [(id, score)]))
        #expect(
            try await store.keyNames() == [
                "rq:job:\(id)", "rq:results:\(id)", "rq:finished:default", "rq:queues",
            ])
    }

    @Test("a job whose result is not to be kept leaves nothing")
    func noResult() async throws {
        let (_, store, time) = try await ready("job-result-ttl-0", "ttl0")
        try await end("ttl0", in: store, .ack) { .ended($0, .success, result: "2", at: time.now) }
        #expect(try await store.keyNames() == ["rq:queues"])
    }

    @Test(
        "a job that fails: hash, traceback, registry",
        arguments: [("job-failure", "fail1"), ("job-failure-ttl", "fttl")])
    func fails(name: String, id: String) async throws {
        let (recording, store, time) = try await ready(name, TaskID(id))
        let text = try #require(recording.document["results"]?[0]?["exc_string_decoded"]?.stringValue)
        let failure = TaskFailure(type: "ValueError", message: "boom", traceback: text)
        try await end(TaskID(id), in: store, .deadLetter(reason: "ValueError: boom")) {
            .ended($0, .failure, failure: failure, at: time.now)
        }
        try await expectEnd(of: TaskID(id), in: store, recording)
        let ttl = name == "job-failure-ttl" ? 60 : 31_536_000
        #expect(try await store.isKept(store.keys.job(TaskID(id)), for: ttl))
        let score = time.now.timeIntervalSince1970.rounded(.down) + Double(ttl)
        #expect(try await store.value("rq:failed:default") == RQValue(scored: [(id, score)]))
        #expect(try await store.record(of: TaskID(id))?.failure == failure)
    }

    @Test("a job with retries and a pause is scheduled again, with one retry less")
    func retriesLater() async throws {
        let (recording, store, time) = try await ready("job-retry-interval", "retry3")
        try await end("retry3", in: store, .deadLetter(reason: "no")) { .ended($0, .failure, at: time.now) }
        expectSame(try await store.hash("retry3"), try recording.job("retry3"))
        #expect(try await store.value("rq:scheduled:default") == recording.key("rq:scheduled:default"))
        #expect(try await store.keyNames() == ["rq:job:retry3", "rq:scheduled:default", "rq:queues"])
        #expect(try await store.record(of: "retry3")?.state == .retry)
    }

    @Test("a job without pause is retried at once, until its retries are used up")
    func retriesAtOnce() async throws {
        let (recording, store, time) = try await ready("job-retry-exhausted", "retry2")
        try await end("retry2", in: store, .deadLetter(reason: "no")) { .ended($0, .failure, at: time.now) }
        #expect(try await store.status(of: "retry2") == "queued")
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["retry2"]))
        try await end("retry2", in: store, .deadLetter(reason: "no")) { .ended($0, .failure, at: time.now) }
        expectSame(
            try await store.hash("retry2"), try recording.job("retry2"),
            moments: ["started_at", "last_heartbeat", "enqueued_at"])
        #expect(try await store.raw("XLEN", store.keys.results(of: "retry2")).integer == 1)
    }

    @Test("a job whose task asked to run again: RQ's returned Retry, its number and its entry")
    func asksForRetry() async throws {
        let (recording, store, time) = try await ready("job-returned-retry", "rr1")
        let due = time.now.adding(.seconds(5))
        try await askAgain("rr1", in: store, .retry, notBefore: due, at: time.now)
        #expect(try await store.status(of: "rr1") == "scheduled")
        #expect(try await store.record(of: "rr1")?.state == .retry)
        await time.advance(by: .seconds(5))
        try await askAgain("rr1", in: store, .retry, notBefore: nil, at: time.now)
        #expect(try await store.status(of: "rr1") == "queued")
        #expect(try await store.hash("rr1")["number_of_retries"] == Array("2".utf8))
        #expect(try await store.raw("XLEN", store.keys.results(of: "rr1")).integer == 2)
        let theirs = try #require(recording.document["results"]?[0]?["fields"]?.membersByName)
        let ours = try await store.lastResult(of: "rr1")
        #expect(Set(ours.keys) == Set(theirs.keys))
        for name in ["type", "return_value"] { #expect(ours[name] == theirs[name]?.stringValue) }
    }

    @Test("a job whose task asked more often than it may fails, and has an entry of its own kind for that")
    func asksTooOften() async throws {
        let (recording, store, time) = try await ready("job-returned-retry-exhausted", "rr2")
        // Those are for errors.
        try await store.raw("HSET", store.keys.job("rr2"), "retries_left", "3")
        try await askAgain("rr2", in: store, .failure, notBefore: nil, at: time.now)
        #expect(try await store.status(of: "rr2") == "failed")
        #expect(try await store.hash("rr2")["retries_left"] == Array("3".utf8))
        let (ours, theirs) = (try await store.lastResult(of: "rr2"), try recording.lastResult())
        #expect(ours["type"] == theirs["type"])
        #expect(ours["return_value"] == theirs["return_value"])
        #expect(ours["exc_string"] == nil)
        #expect(try await store.record(of: "rr2")?.failure?.type == "Retry")
    }

    private func askAgain(
        _ id: TaskID, in store: RQStore, _ state: TaskState, notBefore: Date?, at now: Date
    ) async throws {
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            let again = delivery.envelope.with { $0.retries += 1 }
            let settlement = state == .retry ? Settlement.retry(again, notBefore: notBefore) : .deadLetter(reason: "no")
            let change = StateChange.ended(id, state, failure: TaskFailure(type: "Retry", message: "again"), at: now)
            let completion = Completion(
                receipt: delivery.receipt, settlement: settlement, change: change, isAskedRetry: true)
            #expect(try await store.complete([completion]).isEmpty)
        }
    }

    @Test("a job that repeats is queued again, its result kept meanwhile")
    func repeats() async throws {
        let (recording, store, time) = try await ready("job-repeat", "rep1")
        for round in 1...2 {
            try await end("rep1", in: store, .ack) {
                .ended($0, .success, result: "3", at: time.now, expires: time.now.adding(.seconds(500)))
            }
            #expect(try await store.status(of: "rep1") == (round == 1 ? "queued" : "finished"))
            #expect(try await store.raw("XLEN", store.keys.results(of: "rep1")).integer == Int64(round))
        }
        expectSame(
            try await store.hash("rep1"), try recording.job("rep1"),
            moments: ["started_at", "last_heartbeat", "enqueued_at"])
    }

    @Test("a job that was to be stopped is stopped, and not retried")
    func stopped() async throws {
        let (recording, store, time) = try await ready("job-stopped", "stop1")
        store.identity.stop("stop1")
        try await end("stop1", in: store, .ack) { .ended($0, .revoked, at: time.now) }
        #expect(try await store.status(of: "stop1") == "stopped")
        #expect(try await store.hash("stop1")["retries_left"] == recording.job("stop1")["retries_left"])
        let (ours, theirs) = (try await store.lastResult(of: "stop1"), try recording.lastResult())
        #expect(ours["type"] == theirs["type"])
        #expect(ours["exc_string"] == theirs["exc_string"])
        #expect(try await store.raw("ZCARD", store.keys.failed("default")).integer == 1)
    }

    @Test("what a worker holds is written down as RQ writes what runs")
    func running() async throws {
        let recording = try RQRecording("job-running-keys")
        let time = ManualTime()
        let store = try RQStores.inVirtualTime(time)
        var job = RQEnqueueing(try RQEnqueueLayoutTests.job("long1"), to: "default")
        job.job.timeout = RQSpan(seconds: 180)
        job.job.description = "rqtasks.sleep(3)"
        try await store.enqueue([job])
        try await store.consume { consumer in
            _ = try await consumer.claimOne(from: "default")
            let names = try await store.keyNames()
            let execution = try #require(
                names.first { $0.hasPrefix("rq:execution:long1:") }?.split(separator: ":").last)
            let theirs = try #require(recording.document["keys"]?.membersByName)
            func general(_ name: String, _ execution: Substring) -> String { name.replacing(execution, with: "E") }
            let recorded = try #require(
                theirs.keys.first { $0.hasPrefix("rq:execution:long1:") }?.split(separator: ":").last)
            let ours = Set(names.map { general($0, execution) })
            let wanted = Set(
                theirs.keys.map { general($0, recorded) }.filter {
                    !$0.hasPrefix("rq:worker") && $0 != "rq:clean_groups"
                })
            #expect(ours.isSuperset(of: wanted), "missing: \(wanted.subtracting(ours))")
            #expect(try await store.value("rq:worker:w1:executions") == RQValue(members: ["long1:\(execution)"]))
            let hash = RQFields(try await store.raw("HGETALL", store.keys.execution(String(execution), of: "long1")))
            #expect(hash.fields.map(\.name) == ["id", "job_id", "created_at", "last_heartbeat", "worker_name"])
            #expect(hash.text("job_id") == "long1")
            #expect(hash.text("worker_name") == "w1")
            #expect(execution.wholeMatch(of: /[0-9a-f]{32}/) != nil)
            #expect(try await store.status(of: "long1") == "started")
            #expect(try await store.isKept(store.keys.execution(String(execution), of: "long1"), for: 90))
            #expect(try await store.isKept(store.keys.executions(of: "long1"), for: 150))
        }
    }

    // MARK: Steps

    /// A store in which Python's producer has enqueued the recorded job, at the time at which it ended.
    private func ready(_ name: String, _ id: TaskID) async throws -> (RQRecording, RQStore, ManualTime) {
        let recording = try RQRecording(name)
        let ended = try recording.document["job"] == nil ? nil : recording.job(id)["ended_at"]
        let text = ended.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let time = ManualTime(startingAt: RQTime.parse(text) ?? ManualTime.epoch)
        let store = try RQStores.inVirtualTime(time)
        try await recording.replayProducers(into: store, jobs: [id.rawValue])
        return (recording, store, time)
    }

    private func end(
        _ id: TaskID, in store: RQStore, _ settlement: Settlement, _ change: (TaskID) -> StateChange
    ) async throws {
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            #expect(delivery.id == id)
            let completion = Completion(receipt: delivery.receipt, settlement: settlement, change: change(id))
            #expect(try await store.complete([completion]).isEmpty)
        }
    }

    private func expectEnd(of id: TaskID, in store: RQStore, _ recording: RQRecording) async throws {
        expectSame(try await store.hash(id), try recording.job(id))
        var (ours, theirs) = (try await store.lastResult(of: id), try recording.lastResult())
        #expect(ours["execution_id"]?.utf8.count == 32)
        for moment in ["execution_id", "execution_started_at"] {
            (ours[moment], theirs[moment]) = (nil, nil)
        }
        #expect(ours == theirs)
    }
}
