import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("Jobs wait for others, and for places", .oneServer, .timeLimit(.minutes(15)))
struct RQDependencyTests {
    private let time = ManualTime()

    @Test("a job is let go in the step in which the last that it waits for has finished")
    func letGo() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await enqueue("p1", "p2", in: store)
        try await enqueue("child", after: ["p1", "p2"], in: store)
        #expect(try await store.status(of: "child") == "deferred")
        let waiting = try await store.messages(in: "default", .delayed, after: nil, limit: 10)
        #expect(waiting.map(\.id) == ["child"])
        #expect(try await store.counts(of: "default").delayed == 1)
        try await end("p1", .success, in: store)
        #expect(try await store.status(of: "child") == "deferred")
        try await end("p2", .success, in: store)
        #expect(try await store.status(of: "child") == "queued")
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["child"]))
        #expect(try await store.keyNames().filter { $0.hasSuffix(":dependents") || $0.contains("deferred") }.count <= 1)
        #expect(
            try await store.raw("EXISTS", store.keys.dependents(of: "p2"), store.keys.deferred("default")).integer == 0)
    }

    @Test("after a failure a plain child stays deferred; one that allows it goes, to the front if it says so")
    func failure() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await enqueue("p", "other", in: store)
        try await enqueue("plain", after: ["p"], in: store)
        try await enqueue("tolerant", after: ["p"], in: store) {
            ($0.allowsDependencyFailures, $0.isEnqueuedAtFront) = (true, true)
        }
        try await end("p", .failure, in: store)
        #expect(try await store.status(of: "plain") == "deferred")
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["tolerant", "other"]))
        #expect(try await store.raw("SMEMBERS", store.keys.dependents(of: "p")).texts == ["plain"])
    }

    @Test("the recorded child of a finished parent: hash and queue")
    func recorded() async throws {
        let recording = try RQRecording("job-dependents")
        let store = try RQStores.inVirtualTime(time)
        let parent = try RQJob(id: "dp", fields: recording.fields("dp"))
        try await store.enqueue([RQEnqueueing(parent, to: "default")])
        try await enqueue("dc", after: ["dp"], in: store)
        try await end("dp", .success, in: store)
        #expect(try await store.status(of: "dc") == "queued")
        #expect(
            try await store.hash("dc")["enqueued_at"].map { String(decoding: $0, as: UTF8.self) }
                == RQTime.text(time.now))
        #expect(try await store.isKept(store.keys.dependencies(of: "dp"), for: -2))
    }

    @Test("children of jobs that were revoked, and canceled children, never start")
    func never() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await enqueue("p1", "p2", in: store)
        try await enqueue("of-revoked", after: ["p1"], in: store)
        try await enqueue("canceled", after: ["p2"], in: store)
        try await store.revoke(["canceled"], terminate: false, until: time.now.adding(.hours(1)))
        try await end("p1", .revoked, in: store)
        try await end("p2", .success, in: store)
        #expect(try await store.status(of: "of-revoked") == "deferred")
        #expect(try await store.status(of: "canceled") == "canceled")
        #expect(try await store.raw("LLEN", store.keys.queue("default")).integer == 0)
    }

    @Test("a job that is retried does not let its children go, its last end does")
    func retried() async throws {
        let store = try RQStores.inVirtualTime(time)
        var job = try RQEnqueueLayoutTests.job("p")
        job.retriesLeft = 1
        try await store.enqueue([RQEnqueueing(job, to: "default")])
        try await enqueue("child", after: ["p"], in: store)
        try await end("p", .failure, in: store)
        #expect(try await store.status(of: "child") == "deferred")
        try await end("p", .success, in: store)
        #expect(try await store.status(of: "child") == "queued")
    }

    // MARK: Rate limits

    @Test("the end of a job gives its place to the next one, a retry does not")
    func places() async throws {
        let recording = try RQRecording("job-rate-limited")
        let store = try RQStores.inVirtualTime(time)
        for id: TaskID in ["rlw0", "rlw1"] {
            var job = try RQEnqueueLayoutTests.job(id)
            (job.rateLimitKey, job.rateLimitConcurrency) = ("api", 1)
            if id == "rlw0" { job.retriesLeft = 1 }
            try await store.enqueue([RQEnqueueing(job, to: "default")])
        }
        #expect(try await store.status(of: "rlw1") == "rate_limited")
        try await end("rlw0", .failure, in: store)
        #expect(try await store.status(of: "rlw1") == "rate_limited")
        try await end("rlw0", .success, in: store)
        #expect(try await store.status(of: "rlw1") == "queued")
        #expect(try await store.raw("ZRANGE", "\(store.keys.prefix):rl:api:allowed", "0", "-1").texts == ["rlw1"])
        try await end("rlw1", .success, in: store)
        for key in ["rq:rl-keys", "rq:rl:api"] { #expect(try await store.value(key) == recording.key(key)) }
        #expect(try await store.keyNames().filter { $0.hasPrefix("rq:rl:api:") }.isEmpty)
    }

    @Test("a job that waits for its retry holds no place, and asks for one when it is due")
    func scheduledPlaces() async throws {
        let store = try RQStores.inVirtualTime(time)
        for id: TaskID in ["a", "b"] {
            var job = try RQEnqueueLayoutTests.job(id)
            (job.rateLimitKey, job.rateLimitConcurrency) = ("api", 1)
            if id == "a" { (job.retriesLeft, job.retryIntervals) = (1, [.seconds(10)]) }
            try await store.enqueue([RQEnqueueing(job, to: "default")])
        }
        try await end("a", .failure, in: store)
        #expect(try await store.status(of: "a") == "scheduled")
        #expect(try await store.status(of: "b") == "queued")
        await time.advance(by: .seconds(10))
        try await store.schedule()
        #expect(try await store.status(of: "a") == "rate_limited")
        try await end("b", .success, in: store)
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["a"]))
    }

    @Test("a place that leaked is freed by maintenance, and a limit that nobody uses is forgotten")
    func leakedPlaces() async throws {
        let store = try RQStores.inVirtualTime(time)
        for id: TaskID in ["a", "b"] {
            var job = try RQEnqueueLayoutTests.job(id)
            (job.rateLimitKey, job.rateLimitConcurrency) = ("api", 1)
            try await store.enqueue([RQEnqueueing(job, to: "default")])
        }
        // As a worker leaves it that knows nothing of rate limits.
        try await store.raw("HSET", store.keys.job("a"), "status", "finished")
        try await store.raw("LREM", store.keys.queue("default"), "1", "a")
        try await store.clean()
        #expect(try await store.status(of: "b") == "queued")
        #expect(try await store.remove("b"))
        try await store.clean()
        #expect(try await store.keyNames().filter { $0.hasPrefix("rq:rl") }.isEmpty)
    }

    @Test("a canceled or deleted job gives its place up too")
    func canceledPlaces() async throws {
        let store = try RQStores.inVirtualTime(time)
        for id: TaskID in ["a", "b", "c"] {
            var job = try RQEnqueueLayoutTests.job(id)
            (job.rateLimitKey, job.rateLimitConcurrency) = ("api", 1)
            try await store.enqueue([RQEnqueueing(job, to: "default")])
        }
        try await store.revoke(["a"], terminate: false, until: time.now.adding(.hours(1)))
        #expect(try await store.status(of: "b") == "queued")
        #expect(try await store.remove("b"))
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["c"]))
    }

    // MARK: Steps

    private func enqueue(_ ids: TaskID..., in store: RQStore) async throws {
        try await store.enqueue(try ids.map { RQEnqueueing(try RQEnqueueLayoutTests.job($0), to: "default") })
    }

    private func enqueue(
        _ id: TaskID, after parents: [TaskID], in store: RQStore, _ change: (inout RQJob) -> Void = { _ in }
    ) async throws {
        var job = try RQEnqueueLayoutTests.job(id)
        job.dependencyIDs = parents
        change(&job)
        try await store.enqueue([RQEnqueueing(job, to: "default")])
    }

    /// Claims one job, which must be `id`, and ends it.
    private func end(_ id: TaskID, _ state: TaskState, in store: RQStore) async throws {
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            #expect(delivery.id == id)
            let settlement: Settlement = state == .failure ? .deadLetter(reason: "it broke") : .ack
            let change = StateChange.ended(id, state, result: state == .success ? "1" : nil, at: time.now)
            let completion = Completion(receipt: delivery.receipt, settlement: settlement, change: change)
            #expect(try await store.complete([completion]).isEmpty)
        }
    }
}
