import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("Workers are born, beat and die as RQ's do", .oneServer, .timeLimit(.minutes(15)))
struct RQWorkerTests {
    private let time = ManualTime()

    @Test("the hash of a worker has all that RQ's has, and the sets list it")
    func birth() async throws {
        let recording = try RQRecording("worker-birth")
        let store = try RQStores.inVirtualTime(time)
        try await store.beat(status())
        let recorded = try #require(recording.document["keys"]?["rq:worker:w1"]?["value"]?.membersByName)
        let hash = RQFields(try await store.raw("HGETALL", store.keys.worker("w1")))
        #expect(Set(hash.fields.map(\.name)) == Set(recorded.keys).union(["celeriac"]))
        #expect(hash.text("ip_address")?.wholeMatch(of: /127\.0\.0\.1:\d+/) != nil)
        #expect(hash.text("queues") == "default,mail")
        #expect(hash.text("state") == "idle")
        #expect(hash.text("birth") == RQTime.text(time.now))
        for key in ["rq:workers", "rq:workers:default"] { #expect(try await store.value(key) == recording.key(key)) }
        #expect(try await store.raw("SCARD", store.keys.workers(of: "mail")).integer == 1)
        #expect(try await store.isKept(store.keys.worker("w1"), for: 30))
    }

    @Test("counters survive heartbeats, and grow with each end")
    func counters() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.beat(status())
        try await store.publish([.sample("a", to: "default"), .sample("b", to: "default")])
        try await store.consume { consumer in
            let claimed = try await consumer.claim(2, from: "default")
            #expect(try await store.raw("HGET", store.keys.worker("w1"), "state").text == "busy")
            await time.advance(by: .seconds(2))
            let success = StateChange.ended("a", .success, result: "1", at: time.now)
            let failure = StateChange.ended("b", .failure, at: time.now)
            _ = try await store.complete([
                Completion(receipt: claimed[0].receipt, settlement: .ack, change: success),
                Completion(receipt: claimed[1].receipt, settlement: .deadLetter(reason: "no"), change: failure),
            ])
        }
        try await store.beat(status())
        let worker = try RQWorker(name: "w1", fields: RQFields(try await store.raw("HGETALL", store.keys.worker("w1"))))
        #expect((worker.successfulJobs, worker.failedJobs) == (1, 1))
        #expect(worker.totalWorkingTime == .seconds(4))
        #expect(worker.state == .idle)
    }

    @Test("a worker is busy from a claim to its last end, whatever it beats meanwhile, and idle at once")
    func state() async throws {
        let store = try RQStores.inVirtualTime(time)
        func state() async throws -> String? { try await store.raw("HGET", store.keys.worker("w1"), "state").text }
        try await store.beat(status())
        try await store.publish([.sample("a", to: "default"), .sample("b", to: "default")])
        try await store.consume { consumer in
            let claimed = try await consumer.claim(2, from: "default")
            try await store.beat(status())
            #expect(try await state() == "busy")
            let success = StateChange.ended("a", .success, result: "1", at: time.now)
            _ = try await store.complete([
                Completion(receipt: claimed[0].receipt, settlement: .ack, change: success)
            ])
            #expect(try await state() == "busy")
            _ = try await consumer.settle([(claimed[1].receipt, .release())])
            #expect(try await state() == "idle")
        }
    }

    @Test("a worker that leaves dies as RQ's does")
    func death() async throws {
        let recording = try RQRecording("worker-shutdown")
        let store = try RQStores.inVirtualTime(time)
        try await store.beat(status())
        try await store.leave("w1")
        #expect(try await store.keyNames() == Set(try #require(recording.document["keys"]?.membersByName).keys))
        #expect(try await store.raw("HGET", store.keys.worker("w1"), "death").text == RQTime.text(time.now))
        #expect(try await store.isKept(store.keys.worker("w1"), for: 60))
        #expect(try await store.workers() == [])
        try await store.beat(status())
        #expect(try await store.raw("HEXISTS", store.keys.worker("w1"), "death").integer == 0)
    }

    @Test("a worker that is told to end says since when, as RQ's does")
    func shutdownRequested() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.beat(status())
        #expect(try await store.raw("HEXISTS", store.keys.worker("w1"), "shutdown_requested_date").integer == 0)
        var status = status()
        status.stopRequestedAt = time.now
        try await store.beat(status)
        let hash = RQFields(try await store.raw("HGETALL", store.keys.worker("w1")))
        #expect(try RQWorker(name: "w1", fields: hash).shutdownRequestedAt == time.now)
        #expect(try await store.workers().first?.stopRequestedAt == time.now)
    }

    @Test("a queue that a worker serves no more lists it no more")
    func fewerQueues() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.beat(status())
        var status = status()
        status.queues = ["mail", "late"]
        try await store.beat(status)
        for (queue, count) in [("default", 0), ("mail", 1), ("late", 1)] as [(QueueName, Int64)] {
            #expect(try await store.raw("SCARD", store.keys.workers(of: queue)).integer == count, "\(queue)")
        }
    }

    @Test("Python's workers are listed with what their hashes say")
    func foreign() async throws {
        let recording = try RQRecording("worker-birth")
        let store = try RQStores.inVirtualTime(time)
        var hash = RESPCommand("HSET", store.keys.worker("w1"))
        for (name, value) in try #require(recording.document["keys"]?["rq:worker:w1"]?["value"]?.membersByName) {
            hash.append(contentsOf: [name, value.stringValue ?? ""])
        }
        hash.append(contentsOf: ["successful_job_count", "17", "failed_job_count", "13"])
        _ = try await store.client.send(hash)
        try await store.raw("SADD", store.keys.workers, store.keys.worker("w1"))
        try await store.publish([.sample("a", to: "default")])
        try await store.claimInVain()
        let worker = try #require(try await store.workers().first)
        #expect((worker.name, worker.host, worker.pid) == ("w1", "worker1", 11113))
        #expect((worker.queues, worker.processed, worker.failed) == (["default"], 30, 13))
        #expect(worker.running.map(\.id) == ["a"])
        #expect(worker.running.map(\.task) == ["tests.sample"])
    }

    @Test("a worker that must pause says so")
    func suspended() async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.suspend()
        _ = try await store.consume { try await $0.claim(from: "default") }
        try await store.beat(status())
        #expect(try await store.raw("HGET", store.keys.worker("w1"), "state").text == "suspended")
    }

    @Test("a revocation that terminates is RQ's command to the worker that runs the job")
    func terminates() async throws {
        let store = try RQStores.inRealTime { $0.workerName = "w1" }
        let (heard, teller) = AsyncStream.makeStream(of: RQCommand.self)
        let (listening, ready) = AsyncStream.makeStream(of: Void.self)
        let ear = Task { try await store.serveCommands(as: "w1", isListening: { ready.yield() }) { teller.yield($0) } }
        for await _ in listening { break }
        try await store.publish([.sample("a", to: "default")])
        try await store.consume { consumer in
            _ = try await consumer.claimOne(from: "default")
            try await store.revoke(["a"], terminate: true, until: store.time.now.adding(.hours(1)))
            for await command in heard {
                #expect(command == .stopJob("a"))
                break
            }
            #expect(try await store.stop("a"))
            #expect(try await !store.stop("nobody"))
        }
        ear.cancel()
        await store.close()
    }

    @Test("a canceled job lies where RQ has it")
    func canceled() async throws {
        let recording = try RQRecording("job-cancel")
        let job = try RQJob(id: "c1", fields: recording.fields("c1"))
        let time = ManualTime(startingAt: try #require(job.enqueuedAt))
        let store = try RQStores.inVirtualTime(time)
        try await store.enqueue([RQEnqueueing(job, to: "default")])
        try await store.revoke(["c1"], terminate: false, until: time.now.adding(.hours(1)))
        expectSame(try await store.hash("c1"), try recording.job("c1"), moments: [])
        for key in try #require(recording.document["keys"]?.membersByName).keys {
            #expect(try await store.value(key) == recording.key(key), "\(key)")
        }
    }

    private func status() -> WorkerStatus {
        var status = WorkerStatus(
            name: "w1", host: "worker1", pid: 1, startedAt: time.now, lastBeat: time.now,
            expires: time.now.adding(.seconds(30)))
        status.queues = ["default", "mail"]
        return status
    }
}
