import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import Testing

@testable import CeleriacRQ

/// What our producers leave in Redis, beside what Python's did.
@Suite("A job is enqueued as RQ enqueues it", .oneServer, .timeLimit(.minutes(15)))
struct RQEnqueueLayoutTests {
    @Test(
        "the hash and the keys are RQ's",
        arguments: [
            "enqueue-json", "enqueue-pickle", "enqueue-options", "enqueue-kwargs-unicode", "enqueue-retry",
            "enqueue-repeat", "enqueue-callbacks", "enqueue-webhooks", "enqueue-many", "enqueue-group",
        ])
    func enqueued(name: String) async throws {
        let recording = try RQRecording(name)
        let ids = try #require(recording.document["jobs"]?.membersByName?.keys.sorted()).map { TaskID($0) }
        let jobs = try ids.map { try RQJob(id: $0, fields: recording.fields($0)) }
        // In the order of the queue.
        let order = jobs.sorted { ($0.enqueuedAt ?? .distantPast) < ($1.enqueuedAt ?? .distantPast) }
        let store = try await store(at: try #require(order.last?.enqueuedAt))
        try await store.enqueue(try order.map { RQEnqueueing($0, to: try $0.queue()) })
        for id in ids {
            expectSame(
                try await store.hash(id), try recording.job(id), moments: ids.count > 1 ? ["enqueued_at"] : [])
        }
        for key in try #require(recording.document["keys"]?.membersByName).keys {
            #expect(try await store.value(key) == recording.key(key), "\(key)")
        }
    }

    @Test("a job for later lies in the scheduled registry", arguments: ["enqueue-in", "enqueue-at"])
    func scheduled(name: String) async throws {
        let recording = try RQRecording(name)
        let id = TaskID(try #require(recording.document["jobs"]?.membersByName?.keys.first))
        let job = try RQJob(id: id, fields: recording.fields(id))
        let store = try await store(at: try #require(job.createdAt))
        let zset = try #require(recording.document["keys"]?["rq:scheduled:default"]?["value"]?[0]?[1]?.doubleValue)
        var enqueueing = RQEnqueueing(job, to: "default")
        enqueueing.notBefore = Date(timeIntervalSince1970: zset)
        try await store.enqueue([enqueueing])
        expectSame(try await store.hash(id), try recording.job(id), moments: [])
        #expect(try await store.value("rq:scheduled:default") == recording.key("rq:scheduled:default"))
        #expect(try await store.keyNames() == ["rq:job:\(id)", "rq:queues", "rq:scheduled:default"])
    }

    @Test("a job that depends on others is deferred, and listed where RQ lists it")
    func deferred() async throws {
        let recording = try RQRecording("enqueue-depends-on")
        let names = ["parent1", "parent2", "child", "child2"]
        let jobs = try names.map { try RQJob(id: TaskID($0), fields: recording.fields(TaskID($0))) }
        let store = try await store(at: try #require(jobs[0].enqueuedAt))
        try await store.enqueue(try jobs.map { RQEnqueueing($0, to: try $0.queue()) })
        for name in names {
            expectSame(
                try await store.hash(TaskID(name)), try recording.job(TaskID(name)), moments: ["enqueued_at"])
        }
        for key in try #require(recording.document["keys"]?.membersByName).keys {
            #expect(try await store.value(key) == recording.key(key), "\(key)")
        }
    }

    @Test("a job with a rate limit gets a place, or waits for one")
    func rateLimited() async throws {
        let recording = try RQRecording("enqueue-rate-limit")
        let ids: [TaskID] = ["rl0", "rl1", "rl2"]
        let jobs = try ids.map { try RQJob(id: $0, fields: recording.fields($0)) }
        let store = try await store(at: try #require(jobs[0].enqueuedAt))
        for job in jobs { try await store.enqueue([RQEnqueueing(job, to: "default")]) }
        for key in try #require(recording.document["keys"]?.membersByName).keys {
            #expect(try await store.value(key) == recording.key(key), "\(key)")
        }
        #expect(try await store.status(of: "rl2") == "rate_limited")
        #expect(try await store.status(of: "rl0") == "queued")
    }

    @Test("a unique job is not taken twice, whatever became of the first")
    func unique() async throws {
        let store = try await store(at: ManualTime.epoch)
        var job = RQEnqueueing(try Self.job("u1"), to: "default")
        job.isUnique = true
        #expect(try await store.enqueue([job]) == [])
        #expect(try await store.enqueue([job]) == ["u1"])
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["u1"]))
    }

    @Test("a job at the front comes before the others")
    func atFront() async throws {
        let store = try await store(at: ManualTime.epoch)
        var front = RQEnqueueing(try Self.job("b"), to: "default")
        front.atFront = true
        try await store.enqueue([RQEnqueueing(try Self.job("a"), to: "default"), front])
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["b", "a"]))
    }

    @Test("what a job waits for may be over, or gone, already")
    func metDependencies() async throws {
        let store = try await store(at: ManualTime.epoch)
        try await store.raw("HSET", store.keys.job("done"), "status", "finished")
        var child = try Self.job("child")
        child.dependencyIDs = ["done", "nobody"]
        try await store.enqueue([RQEnqueueing(child, to: "default")])
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["child"]))
        #expect(try await store.status(of: "child") == "queued")
    }

    @Test("an id at which RQ's workers stop is refused, and nothing is written", arguments: ["", "a b", "a:b", "ä"])
    func wrongIDs(id: String) async throws {
        let store = try await store(at: ManualTime.epoch)
        await #expect(throws: BrokerError.self) {
            try await store.publish([.sample("fine", to: "default"), .sample(TaskID(id), to: "default")])
        }
        #expect(try await store.keyNames() == [])
    }

    static func job(_ id: TaskID) throws -> RQJob {
        RQJob(id: id, data: try RQCall.encode("tasks.add", EncodedArguments(args: [2, 3]), as: .json))
    }

    private func store(at date: Date) async throws -> RQStore {
        try RQStores.inVirtualTime(ManualTime(startingAt: date))
    }
}
