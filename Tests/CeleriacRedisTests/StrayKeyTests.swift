import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("A key that holds another kind of value", .oneServer, .timeLimit(.minutes(15)))
struct StrayKeyTests {
    private let time = ManualTime()

    @Test("a queue whose list is of another kind is passed over, logged once, and served once the key is right")
    func strayList() async throws {
        let log = LogLines()
        let store = try Stores.inVirtualTime(time, logger: log.logger)
        let stray = store.keys.list("mail", step: 0)
        try await store.raw("HSET", stray, "not", "ours")
        try await store.publish([.sample("a"), .sample("urgent", to: "mail", priority: .low)])
        try await store.consume([.default, "mail"]) { consumer in
            for expected in [["a", "urgent"], [], []] as [[TaskID]] {
                let claimed = try await consumer.next(upTo: 10, from: [.default, "mail"], wait: false)
                #expect(claimed.map(\.id) == expected)
                _ = try await consumer.settle(claimed.map { ($0.receipt, .ack) })
            }
            #expect(log.lines.filter { $0.contains("wrong type and is skipped") && $0.contains(":mail") }.count == 1)
            #expect(try await store.raw("HGET", stray, "not").text == "ours")
            try await store.raw("DEL", stray)
            try await store.publish([.sample("b", to: "mail")])
            #expect(try await consumer.next(upTo: 10, from: [.default, "mail"], wait: false).map(\.id) == ["b"])
        }
        await store.close()
    }

    @Test(
        "what would come into such a list stays held or delayed, keeps no claim awake, and comes once the key is right")
    func staysBehind() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("held"), .sample("late", notBefore: time.now.adding(.seconds(20)))])
        try await store.claimInVain()
        let list = store.keys.list(.default, step: 0)
        try await store.raw("SET", list, "a stranger's")
        await time.advance(by: .minutes(1))
        try await store.reap()
        let next = try await store.run(Scripts.move, []).integer
        #expect(next == -1)
        try await store.consume { consumer in
            #expect(try await consumer.claim().isEmpty)
            let answer = try await store.run(Scripts.claim, [1_000_000, 1, QueueName.default.rawValue])
            #expect(answer.elements?[3].integer == -1)
        }
        try await store.raw("DEL", list)
        #expect(try await store.drain() == ["held", "late"])
        await store.close()
    }

    private static let bookkeeping: [@Sendable (RedisKeys) -> String] = [
        \.unacked, \.unackedIndex, { $0.own("last") }, { $0.own("renewed") }, { $0.own("deliveries") }, \.revoked,
        { $0.own("sequence") }, \.queues, \.dead, \.deadMessages, { $0.workers[1] }, { $0.leases(.default) },
        { $0.delayed(.default) }, { $0.dead(.default) },
    ]

    @Test("a key of our bookkeeping that is of another kind is renamed, and everything goes on", arguments: 0..<14)
    func strayBookkeeping(place: Int) async throws {
        let log = LogLines()
        let store = try Stores.inVirtualTime(time, logger: log.logger)
        let key = Self.bookkeeping[place](store.keys)
        try await store.publish([.sample("a"), .sample("b"), .sample("late", notBefore: time.now.adding(.hours(1)))])
        try await store.raw("DEL", key)
        try await store.raw("PFADD", key, "x")
        if try await store.raw("TYPE", key).text == "string" {
            try await store.raw("DEL", key)
            try await store.raw("RPUSH", key, "a stranger's")
        }
        try await store.consume { consumer in
            let both = try await consumer.claim()
            #expect(both.map(\.id) == ["a", "b"])
            #expect(try await consumer.extendLeases(both.map(\.receipt), by: .seconds(30)).isEmpty)
            let ends: [(Receipt, Settlement)] = [
                (both[0].receipt, .ack), (both[1].receipt, .deadLetter(reason: "it broke")),
            ]
            #expect(try await consumer.settle(ends).isEmpty)
        }
        #expect(try await store.deadLetters(in: nil, after: nil, limit: 10).map(\.id) == ["b"])
        try await store.revoke(["c"], terminate: true, until: time.now.adding(.hours(1)))
        try await store.publish([.sample("c"), .sample("later", notBefore: time.now.adding(.minutes(1)))])
        #expect(try await store.revocations(among: ["c"])["c"]?.terminate == true)
        try await store.reap()
        _ = try await store.run(Scripts.tidy, [0, 0, 0])
        await time.advance(by: .minutes(2))
        #expect(try await store.drain() == ["c", "later"])
        #expect(try await store.raw("KEYS", store.keys.prefix + "*:aside:*").elements?.count == 1)
        #expect(log.lines.filter { $0.contains("was renamed") }.count == 1)
        await store.close()
    }

    @Test("a publish, a purge and a look name the key that is in the way")
    func namesTheKey() async throws {
        let store = try Stores.inVirtualTime(time)
        let list = store.keys.list(.default, step: 0)
        try await store.raw("HSET", list, "not", "ours")
        let late = Publication.sample("b", notBefore: time.now.adding(.hours(1)))
        for publications in [[.sample("a")], [.sample("a"), late]] as [[Publication]] {
            await #expect { try await store.publish(publications) } throws: { error in
                let error = error as? BrokerError
                return error?.code == .refused && error?.message.contains(list) == true
                    && error?.message.contains("rename it or delete it") == true
            }
        }
        await #expect { try await store.purge(.default) } throws: { "\($0)".contains(list) }
        #expect(try await store.counts(of: .default) == QueueCounts())
        try await store.raw("SET", store.keys.own("schedule.generation"), "1")
        try await store.raw("LPUSH", store.keys.result("a"), "x")
        await #expect { try await store.record([.sampleEnd("a", at: time.now)]) } throws: {
            "\($0)".contains(store.keys.result("a"))
        }
        await store.close()
    }

    @Test("a worker serves its other queues while a key is of another kind, and that one again once it is right")
    func worker() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: .quiet)
        let echo = try app.task("echo") { (n: Int) in n }
        try await store.raw("HSET", store.keys.list("mail", step: 0), "not", "ours")
        try await store.raw("RPUSH", store.keys.unacked, "a stranger's")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Worker(app, options: WorkerOptions(queues: ["mail", .default])).run() }
            #expect(try await app.send(echo(1)).get(timeout: .seconds(30)) == 1)
            try await store.raw("DEL", store.keys.list("mail", step: 0))
            #expect(try await app.send(echo(2).with(CallOptions(queue: "mail"))).get(timeout: .seconds(30)) == 2)
            group.cancelAll()
        }
        await store.close()
    }
}

extension StateChange {
    static func sampleEnd(_ id: TaskID, _ state: TaskState = .success, at now: Date) -> StateChange {
        var change = StateChange(id: id, state: state, at: now)
        if state == .success { change.result = Array("7".utf8) }
        return change
    }
}
