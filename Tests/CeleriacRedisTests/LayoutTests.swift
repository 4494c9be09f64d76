import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Where messages lie", .oneServer, .timeLimit(.minutes(15)))
struct LayoutTests {
    private let time = ManualTime()

    @Test("a call lies in the list of its priority step; without a priority, in the first, as Celery's do")
    func steps() async throws {
        var options = RedisOptions()
        options.checksServer = false
        let store = try Stores.inVirtualTime(time, options)
        try await store.publish([
            .sample("none"), .sample("9", priority: .critical), .sample("7", priority: .high),
            .sample("4", priority: .normal), .sample("1", priority: .low),
            .sample("0", priority: CallPriority(rawValue: 0)),
        ])
        let lists = ["celery", "celery\u{06}\u{16}3", "celery\u{06}\u{16}6", "celery\u{06}\u{16}9"]
        var counts: [Int64?] = []
        for list in lists { counts.append(try await store.raw("LLEN", store.keys.prefix + list).integer) }
        #expect(counts == [3, 1, 1, 1])
        #expect(try await store.drain() == ["none", "9", "7", "4", "1", "0"])
    }

    @Test("a claim for many takes a quarter of them, at least 64; the rest comes with the next ones")
    func shares() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish((0..<1000).map { .sample(TaskID("\($0)")) })
        try await store.consume { consumer in
            var counts: [Int] = []
            for limit in [1, 50, 64, 100, 256, 400, 1000] { counts.append(try await consumer.claim(limit).count) }
            #expect(counts == [1, 50, 64, 64, 64, 100, 250])
        }
    }

    @Test("prefix, separator and steps are as the other side has them")
    func names() async throws {
        var options = RedisOptions()
        options.checksServer = false
        options.separator = "|"
        options.prioritySteps = [0, 5]
        options.unackedKey = "held"
        options.unackedIndexKey = "held_index"
        let store = try Stores.inVirtualTime(time, options, prefix: "app.")
        try await store.publish([.sample("a", priority: .high), .sample("b", priority: .low)])
        #expect(try await store.raw("LLEN", "app.celery").integer == 1)
        #expect(try await store.raw("LLEN", "app.celery|5").integer == 1)
        try await store.consume { consumer in
            let held = try await consumer.claim()
            #expect(held.map(\.id) == ["a", "b"])
            #expect(try await store.raw("HLEN", "app.held").integer == 2)
            #expect(try await store.raw("ZCARD", "app.held_index").integer == 2)
        }
        #expect(try await store.raw("LRANGE", "app.celery", "0", "-1").elements?.count == 1)
    }

    @Test("a queue's first message makes it known as kombu does")
    func declares() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "mail")])
        for key in ["_kombu.binding.mail", "_kombu.binding_permanent.mail"] {
            let members = try await store.raw("SMEMBERS", store.keys.prefix + key).elements?.compactMap(\.text)
            #expect(members == ["mail\u{06}\u{16}\u{06}\u{16}mail"])
        }
    }

    @Test("with delays left to workers, a call that is due later lies in its list, and no Swift worker starts it early")
    func delaysOfWorkers() async throws {
        var options = RedisOptions.tenSteps
        options.delays = .worker
        let store = try Stores.inVirtualTime(time, options)
        try await store.publish([.sample("a", notBefore: time.now.adding(.minutes(1)))])
        #expect(try await store.list(store.keys.list(.default, step: 0)).count == 1)
        #expect(try await store.drain() == [])
        #expect(try await store.list(store.keys.list(.default, step: 0)).isEmpty)
        await time.advance(by: .minutes(1))
        #expect(try await store.drain() == ["a"])
    }

    @Test("what a released message waits for is kept with it, and its text is unchanged")
    func releasedText() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a")])
        let list = store.keys.list(.default, step: 0)
        let before = try await store.list(list)
        _ = try await store.consume { try await $0.claimOne() }
        #expect(try await store.list(list) == before)
    }

    @Test("a unique key goes with the years if everybody forgets it")
    func uniqueExpiry() async throws {
        let store = try Stores.inVirtualTime(time)
        var publication = Publication.sample("a", notBefore: time.now.adding(.days(10)))
        publication.unique = UniqueClaim(key: "k", span: .untilDone)
        try await store.publish([publication])
        let key = store.keys.own("unique:") + SHA1.digest(of: "k")
        let seconds = try #require(try await store.raw("TTL", key).integer)
        #expect((17 * 86_400 - 60...17 * 86_400).contains(Int(seconds)))
    }

    @Test("a publish of many to a list of another type fails whole")
    func allOrNothing() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("SET", store.keys.prefix + "taken", "1")
        await #expect { try await store.publish([.sample("a"), .sample("b", to: "taken")]) } throws: { error in
            (error as? BrokerError)?.code == .refused
        }
        #expect(try await store.counts(of: .default).ready == 0)
    }

    @Test("what is over is tidied away")
    func tidies() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.raw("ZADD", store.keys.revoked, "1", "old", "99999999999", "new")
        try await store.raw("HSET", store.keys.own("deliveries"), "old", "1 1", "new", "1 99999999999")
        try await store.raw("HSET", store.keys.own("renewed"), "gone", "1.0 2.0")
        let upkeep = Task { try await store.run() }
        try await time.untilSleepers(2)
        upkeep.cancel()
        try await upkeep.value
        #expect(try await store.raw("ZRANGE", store.keys.revoked, "0", "-1").elements?.compactMap(\.text) == ["new"])
        #expect(try await store.raw("HKEYS", store.keys.own("deliveries")).elements?.compactMap(\.text) == ["new"])
        #expect(try await store.raw("EXISTS", store.keys.own("renewed")).integer == 0)
    }
}
