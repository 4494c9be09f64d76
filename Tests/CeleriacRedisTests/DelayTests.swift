import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

/// Where a call waits for its eta when nothing is said of it: that depends on whether a Swift worker lives.
@Suite("Where delayed calls wait", .oneServer, .timeLimit(.minutes(15)))
struct DelayTests {
    private let time = ManualTime()

    @Test("while no Swift worker lives, a delayed call lies in its list with its eta, as Celery's do")
    func withoutWorker() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([later("a")])
        #expect(try await lists(store) == [1, 0])
    }

    @Test("while a Swift worker lives, whatever it serves, a delayed call waits in Redis")
    func withWorker() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.beat(worker(until: .seconds(30)))
        try await store.publish([later("a")])
        #expect(try await lists(store) == [0, 1])
    }

    @Test("a Swift worker that left, or was last heard of too long ago, is none")
    func goneWorker() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.beat(worker(until: .seconds(30)))
        await time.advance(by: .seconds(30))
        try await store.publish([later("a")])
        #expect(try await lists(store) == [1, 0])
        try await store.beat(worker(until: .seconds(30)))
        try await store.leave("swift@test")
        try await store.publish([later("b")])
        #expect(try await lists(store) == [2, 0])
    }

    @Test("each mode may be had by name", arguments: [(RedisOptions.Delays.broker, [0, 1]), (.worker, [1, 0])])
    func modes(mode: RedisOptions.Delays, expected: [Int64]) async throws {
        var options = RedisOptions.tenSteps
        options.delays = mode
        let store = try Stores.inVirtualTime(time, options)
        if mode == .worker { try await store.beat(worker(until: .seconds(30))) }
        try await store.publish([later("a")])
        #expect(try await lists(store) == expected)
    }

    @Test("what no worker would hold back waits in Redis in any case", arguments: [RedisOptions.Delays.auto, .worker])
    func withoutEta(mode: RedisOptions.Delays) async throws {
        var options = RedisOptions.tenSteps
        options.delays = mode
        let store = try Stores.inVirtualTime(time, options)
        var publication = later("a")
        publication.envelope = publication.envelope.with { $0.eta = nil }
        try await store.publish([publication])
        #expect(try await lists(store) == [0, 1])
    }

    @Test("a call that was left to workers is started by a Swift worker in time, and not before")
    func leftToWorkers() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([later("a")])
        #expect(try await store.drain() == [])
        #expect(try await lists(store) == [0, 1])
        await time.advance(by: .minutes(1))
        #expect(try await store.drain() == ["a"])
    }

    @Test("a Swift worker moves what is due in queues that it does not serve")
    func moves() async throws {
        var options = RedisOptions.tenSteps
        options.delays = .broker
        let store = try Stores.inVirtualTime(time, options)
        try await store.publish([later("a", to: "python"), later("b", to: "other")])
        let upkeep = Task { try await store.run() }
        try await time.untilSleepers(2)
        #expect(try await lists(store, "python") == [0, 1])
        await time.advance(by: .minutes(1) - .seconds(1))
        for queue: QueueName in ["python", "other"] {
            while try await lists(store, queue) != [1, 0] { await time.advance(by: .seconds(1)) }
        }
        upkeep.cancel()
        try await upkeep.value
    }

    @Test("what the last Swift worker has left is moved when the next delayed call is sent")
    func leftBehind() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.beat(worker(until: .seconds(30)))
        try await store.publish([later("a")])
        await time.advance(by: .minutes(1))
        #expect(try await lists(store) == [0, 1])
        try await store.publish([later("b")])
        #expect(try await lists(store) == [2, 0])
    }

    @Test("to be at the front holds for a call that was left to workers, once it is due")
    func atFront() async throws {
        let store = try Stores.inVirtualTime(time)
        var front = later("front")
        front.atFront = true
        try await store.publish([front, later("back")])
        #expect(try await store.drain() == [])
        try await store.publish([.sample("a")])
        await time.advance(by: .minutes(1))
        #expect(try await store.drain() == ["front", "a", "back"])
    }

    private func later(_ id: TaskID, to queue: QueueName = .default) -> Publication {
        .sample(id, to: queue, notBefore: time.now.adding(.minutes(1)))
    }

    private func worker(until span: Duration) -> WorkerStatus {
        let now = time.now
        return WorkerStatus(
            name: "swift@test", host: "test", pid: 1, startedAt: now, lastBeat: now, expires: now.adding(span))
    }

    /// How many messages lie in a queue's first list, and how many among its delayed.
    private func lists(_ store: RedisStore, _ queue: QueueName = .default) async throws -> [Int64?] {
        [
            try await store.raw("LLEN", store.keys.list(queue, step: 0)).integer,
            try await store.raw("ZCARD", store.keys.delayed(queue)).integer,
        ]
    }
}
