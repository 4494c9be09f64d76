import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Synchronization
import Testing

@testable import CeleriacRedis

@Suite("Finding messages in Redis", .oneServer, .timeLimit(.minutes(15)))
struct FindingTests {
    @Test("a message that moves from delayed to ready to held while it is searched never counts as gone")
    func moves() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inRealTime(prefix: prefix)
        // So many that a search takes several steps, the last of which meets the one that moves.
        try await store.publish(
            (0..<1_200).map { .sample(TaskID("late \($0)"), notBefore: Date().addingTimeInterval(900)) })
        for round in 0..<3 {
            let id = TaskID("moving \(round)")
            try await store.publish([
                .sample(id, priority: .high, notBefore: Date().addingTimeInterval(0.05))
            ])
            let isHeld = Flag()
            try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
                async let searches = search(id, in: store, until: isHeld)
                let claimed = try await consumer.next(upTo: 1, from: [.default], wait: true)
                #expect(claimed.map(\.id) == [id])
                isHeld.set()
                #expect(try await searches > 0)
                _ = try await consumer.settle(claimed.map { ($0.receipt, .ack) })
            }
            #expect(try await store.message(of: id) == nil)
        }
        await store.close()
    }

    private func search(
        _ id: TaskID, in store: RedisStore, until isHeld: Flag
    ) async throws -> Int {
        var searches = 0
        while true {
            let isLast = isHeld.isSet
            let found = try await store.message(of: id)
            #expect(found != nil, "search \(searches)")
            searches += 1
            if isLast {
                #expect(found?.status == .leased)
                return searches
            }
        }
    }

    @Test("a message is found by any id, also by one that JSON writes in other characters")
    func hostileIDs() async throws {
        let store = try Stores.inVirtualTime(ManualTime())
        let ids: [TaskID] = ["a\"b", "back\\slash", "ünïcödé 🥬", "line\nfeed", "[a-z]+%d"]
        try await store.publish(ids.map { .sample($0) })
        for (place, id) in ids.enumerated() {
            #expect(try await store.position(of: id) == place, "\(id)")
            #expect(try await store.message(of: id)?.id == id)
        }
        #expect(try await store.remove("line\nfeed"))
        #expect(try await store.message(of: "line\nfeed") == nil)
        await store.close()
    }

    @Test("exchanges of Python's are looked for once a minute at most")
    func scansBindingsSeldom() async throws {
        let time = ManualTime()
        let store = try Stores.inVirtualTime(time)
        #expect(try await store.queues() == [])
        let member = ["mail", "", "mail"].joined(separator: store.keys.separator)
        try await store.raw("SADD", store.keys.binding("mail"), member)
        try await store.publish([.sample("a")])
        #expect(try await store.queues() == [.default])
        await time.advance(by: .minutes(1))
        #expect(try await store.queues() == [.default, "mail"])
        await store.close()
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }
    func set() { value.store(true, ordering: .sequentiallyConsistent) }
}
