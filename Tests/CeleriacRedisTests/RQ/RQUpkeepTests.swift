import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("Upkeep goes by RQ's locks and rules", .oneServer, .timeLimit(.minutes(15)))
struct RQUpkeepTests {
    private let time = ManualTime()

    // MARK: Abandoned jobs

    @Test("a job whose worker died goes back to the front, the delivery counted")
    func requeued() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default"), .sample("b", to: "default")])
        try await store.claimInVain()
        await time.advance(by: .seconds(30))
        try await store.publish([.sample("c", to: "default")])
        try await store.reap()
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["a", "b", "c"]))
        #expect(try await store.keyNames().filter { $0.contains("execution") || $0.contains("wip") }.isEmpty)
        try await store.consume { consumer in
            let claimed = try await consumer.claim(3, from: "default")
            #expect(claimed.map(\.deliveryCount) == [2, 2, 1])
        }
    }

    @Test("with the rule of RQ an abandoned job fails, as recorded")
    func failed() async throws {
        let recording = try RQRecording("abandoned-job")
        let store = try RQStores.inVirtualTime(time) { $0.abandoned = .fail }
        var job = try RQJob(id: "dead1", fields: recording.fields("dead1"))
        job.startedAt = nil
        try await store.enqueue([RQEnqueueing(job, to: "default")])
        try await store.claimInVain(lease: .seconds(30))
        await time.advance(by: .seconds(31))
        #expect(try await store.counts(of: "default").ready == 1)
        try await store.reap()
        #expect(try await store.status(of: "dead1") == "failed")
        let score = time.now.timeIntervalSince1970 + 31_536_000
        #expect(try await store.value("rq:failed:default") == RQValue(scored: [("dead1", score)]))
        let (ours, theirs) = (try await store.lastResult(of: "dead1"), try recording.lastResult())
        #expect(Set(ours.keys) == Set(theirs.keys))
        #expect(ours["type"] == theirs["type"])
        let failure = try #require(try await store.record(of: "dead1")?.failure)
        #expect(failure.type == "AbandonedJobError")
    }

    @Test("with the rule of RQ an abandoned job that has retries left is retried")
    func retried() async throws {
        let store = try RQStores.inVirtualTime(time) { $0.abandoned = .fail }
        var job = try RQEnqueueLayoutTests.job("a")
        job.retriesLeft = 1
        try await store.enqueue([RQEnqueueing(job, to: "default")])
        for status in ["queued", "failed"] {
            try await store.claimOnce()
            await time.advance(by: .seconds(30))
            try await store.reap()
            #expect(try await store.status(of: "a") == status)
        }
        #expect(try await store.raw("HGET", store.keys.job("a"), "retries_left").text == "0")
    }

    @Test("while a peer cleans a queue, nobody else decides about its abandoned jobs")
    func underLock() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        try await store.claimInVain()
        await time.advance(by: .seconds(30))
        try await store.raw("SET", store.keys.cleaning("default"), "1")
        try await store.reap()
        #expect(try await store.status(of: "a") == "started")
        try await store.raw("DEL", store.keys.cleaning("default"))
        try await store.reap()
        #expect(try await store.status(of: "a") == "queued")
    }

    @Test("an id that lies in an intermediate list for a minute comes back; its worker has died")
    func intermediate() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default"), .sample("b", to: "default")])
        // As Python's worker takes it.
        try await store.raw(
            "LMOVE", store.keys.queue("default"), store.keys.intermediate("default"), "LEFT", "RIGHT")
        try await store.raw("RPUSH", store.keys.intermediate("default"), "gone")
        try await store.clean()
        #expect(try await store.raw("LRANGE", store.keys.intermediate("default"), "0", "-1").texts == ["a"])
        await time.advance(by: .seconds(60))
        try await store.clean()
        #expect(try await store.raw("LLEN", store.keys.intermediate("default")).integer == 1)
        await time.advance(by: .seconds(1))
        try await store.clean()
        #expect(try await store.raw("LLEN", store.keys.intermediate("default")).integer == 0)
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["a", "b"]))
        #expect(try await store.raw("EXISTS", store.keys.firstSeen("a", in: "default")).integer == 0)
    }

    @Test("what a peer left in the ready registry is moved on")
    func ready() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        try await store.raw("DEL", store.keys.queue("default"))
        try await store.raw("HSET", store.keys.job("a"), "status", "ready_to_enqueue")
        try await store.raw("ZADD", store.keys.ready("default"), "1", "a")
        try await store.clean()
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["a"]))
        #expect(try await store.raw("EXISTS", store.keys.ready("default"), store.keys.cleaning("default")).integer == 0)
    }

    @Test("registries, dead workers and groups are cleaned")
    func cleaned() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default")])
        let now = Int(time.now.timeIntervalSince1970)
        for key in [store.keys.finished("default"), store.keys.failed("default")] {
            try await store.raw("ZADD", key, "\(now)", "old", "\(now + 1)", "new")
        }
        try await store.raw("SADD", store.keys.workers, store.keys.worker("dead"))
        try await store.raw("SADD", store.keys.workers(of: "default"), store.keys.worker("dead"))
        try await store.raw("SADD", store.keys.groups, "g", "h")
        try await store.raw("SADD", store.keys.group("g"), "a", "gone")
        try await store.raw("SADD", store.keys.group("h"), "gone")
        try await store.clean()
        for key in [store.keys.finished("default"), store.keys.failed("default")] {
            #expect(try await store.raw("ZRANGE", key, "0", "-1").texts == ["new"])
        }
        #expect(try await store.raw("EXISTS", store.keys.workers, store.keys.workers(of: "default")).integer == 0)
        #expect(try await store.raw("SMEMBERS", store.keys.group("g")).texts == ["a"])
        #expect(try await store.raw("SMEMBERS", store.keys.groups).texts == ["g"])
        #expect(try await store.isKept(store.keys.cleaningGroups, for: 599))
    }

    // MARK: Scheduling

    @Test("what is due comes into its queue under our lock, once")
    func schedules() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default", notBefore: time.now.adding(.seconds(10)))])
        try await store.schedule()
        #expect(try await store.raw("GET", store.keys.schedulerLock("default")).text == store.identity.scheduler)
        #expect(try await store.isKept(store.keys.schedulerLock("default"), for: 61))
        let hash = RQFields(try await store.raw("HGETALL", store.keys.scheduler(store.identity.scheduler)))
        #expect(hash.text("queues") == "default")
        await time.advance(by: .seconds(10))
        try await store.schedule()
        try await store.schedule()
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["a"]))
        #expect(try await store.raw("EXISTS", store.keys.scheduled("default")).integer == 0)
        try await store.unlock()
        #expect(
            try await store.raw(
                "EXISTS", store.keys.schedulerLock("default"), store.keys.scheduler(store.identity.scheduler)
            ).integer == 0)
    }

    @Test("where Python's scheduler holds the lock we leave the queue to it, in claims too")
    func foreignLock() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "default", notBefore: time.now.adding(.seconds(10)))])
        try await store.raw("SET", store.keys.schedulerLock("default"), "python")
        await time.advance(by: .seconds(10))
        try await store.schedule()
        let claimed = try await store.consume { try await $0.claim(from: "default").map(\.id) }
        #expect(claimed == [])
        #expect(try await store.raw("ZCARD", store.keys.scheduled("default")).integer == 1)
        try await store.unlock()
        #expect(try await store.raw("GET", store.keys.schedulerLock("default")).text == "python")
        try await store.raw("DEL", store.keys.schedulerLock("default"))
        let after = try await store.consume { try await $0.claim(from: "default").map(\.id) }
        #expect(after == ["a"])
    }

    @Test("what is for a peer to move or to give back leaves a waiting claim asleep", arguments: ["due", "lapsed"])
    func nothingToDo(what: String) async throws {
        let store = try RQStores.inVirtualTime(time) { $0.abandoned = .fail }
        try await store.publish([.sample("a", to: "default", notBefore: time.now.adding(.seconds(10)))])
        try await store.raw("SET", store.keys.schedulerLock("default"), "python")
        if what == "lapsed" {
            try await store.publish([.sample("b", to: "default")])
            try await store.claimOnce()
        }
        await time.advance(by: .seconds(60))
        try await store.consume { consumer in
            let waiting = Task { try await consumer.next(upTo: 1, from: ["default"], wait: true) }
            try await time.untilSleepers(1)
            waiting.cancel()
            _ = await waiting.result
        }
    }

    @Test("a retry that is to be at the front is there once it is due")
    func frontOnRetry() async throws {
        let store = try RQStores.inVirtualTime(time)
        var job = try RQEnqueueLayoutTests.job("a")
        (job.retriesLeft, job.retryIntervals, job.isEnqueuedAtFrontOnRetry) = (1, [.seconds(5)], true)
        try await store.enqueue([
            RQEnqueueing(job, to: "default"), RQEnqueueing(try RQEnqueueLayoutTests.job("b"), to: "default"),
        ])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne(from: "default")
            _ = try await consumer.settle([(delivery.receipt, .deadLetter(reason: "no"))])
        }
        await time.advance(by: .seconds(5))
        try await store.schedule()
        #expect(try await store.value("rq:queue:default") == RQValue(list: ["a", "b"]))
    }

    @Test("a scheduled id without a job is forgotten")
    func scheduledGhost() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.raw("ZADD", store.keys.scheduled("default"), "1", "gone")
        try await store.raw("SADD", store.keys.queues, store.keys.queue("default"))
        try await store.schedule()
        #expect(try await store.keyNames().subtracting(["rq:queues"]).allSatisfy { $0.hasPrefix("rq:scheduler") })
    }

    @Test("the background work moves, gives back and cleans, and at its end gives up its locks")
    func runs() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish([
            .sample("late", to: "default", notBefore: time.now.adding(.minutes(1))), .sample("a", to: "default"),
        ])
        try await store.claimInVain()
        let work = Task { try await store.run() }
        try await time.untilSleepers(3)
        while try await store.raw("LLEN", store.keys.queue("default")).integer != 2 {
            await time.advance(by: .seconds(1))
        }
        work.cancel()
        try await work.value
        #expect(try await store.raw("EXISTS", store.keys.schedulerLock("default")).integer == 0)
    }
}

extension RQStore {
    /// One job, without requeueing others.
    fileprivate func claimOnce() async throws {
        var words: RESPWords = [identity.worker, Duration.seconds(30).microseconds, 1, 0]
        words.append(RQIdentity.nonce())
        words.append("default")
        _ = try await run(RQScripts.claim, words)
    }
}
