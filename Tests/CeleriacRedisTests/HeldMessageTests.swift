import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import StoreKit
import Testing

@testable import CeleriacRedis

@Suite("What is held lies in Redis as kombu knows it", .oneServer, .timeLimit(.minutes(15)))
struct HeldMessageTests {
    private let time = ManualTime()

    @Test("a held message lies in unacked, byte for byte, with exchange and routing key")
    func lies() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a", to: "mail")])
        let raw = try #require(try await store.list(store.keys.list("mail", step: 0)).first)
        try await store.consume(["mail"]) { consumer in
            _ = try await consumer.claimOne(from: "mail")
            let held = try await store.raw("HGETALL", store.keys.unacked).elements?.compactMap(\.text) ?? []
            try #require(held.count == 2)
            #expect(held[1].hasPrefix("[\(raw),"))
            let parts = try #require(
                try JSONSerialization.jsonObject(with: Data(held[1].utf8)) as? [Any])
            #expect(parts[1] as? String == "")
            #expect(parts[2] as? String == "mail")
            let index = try await store.raw("ZRANGE", store.keys.unackedIndex, "0", "-1", "WITHSCORES")
            #expect(index.elements?.first?.flattened.first == held[0])
            #expect(index.flattened.last.flatMap(Double.init) == time.now.timeIntervalSince1970)
        }
        #expect(try await store.raw("EXISTS", store.keys.unacked, store.keys.unackedIndex).integer == 0)
    }

    @Test("a claim of many makes trees of small sorted sets, and leaves nothing of its own in them")
    func trees() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish((0..<6).map { .sample(TaskID("\($0)")) })
        try await store.consume { consumer in
            _ = try await consumer.claimOne()
            let tags = try await consumer.claim(5).map { try #require(store.held.delivery(of: $0.receipt)).tag }
            for set in [store.keys.unackedIndex, store.keys.leases(.default)] {
                #expect(try await store.raw("OBJECT", "ENCODING", set).text == "skiplist")
                let members = try await store.raw("ZRANGE", set, "0", "-1").flattened
                #expect(members.count == 6 && Set(members).isSuperset(of: tags))
            }
        }
    }

    @Test("no two claims have one score, even while the clock stands still or goes back")
    func scoresAreUnique() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a"), .sample("b"), .sample("c")])
        try await store.consume { consumer in
            var scores: [String] = []
            for shift in [Duration.zero, .zero, .hours(-1)] {
                time.setClock(by: shift)
                let delivery = try await consumer.claimOne()
                scores.append(try #require(store.held.delivery(of: delivery.receipt)).score)
            }
            #expect(Set(scores).count == 3)
            #expect(scores == scores.sorted())
        }
    }

    @Test("an acknowledgement after Python took the message over changes nothing")
    func lateAck() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a")])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne()
            let tag = try #require(store.held.delivery(of: delivery.receipt)).tag
            // Restored by kombu, then claimed by a Python worker.
            try await store.raw("ZADD", store.keys.unackedIndex, "1767225601.5", tag)
            try await store.raw("HSET", store.keys.unacked, tag, "[{}, \"\", \"celery\"]")
            #expect(try await consumer.settle([(delivery.receipt, .ack)]) == [delivery.receipt])
            #expect(try await store.raw("HGET", store.keys.unacked, tag).text == "[{}, \"\", \"celery\"]")
            #expect(try await store.raw("ZSCORE", store.keys.unackedIndex, tag).isNull == false)
        }
    }

    @Test("our stale lease does not take from Python what it holds now")
    func staleLease() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a")])
        try await store.claimInVain()
        let tag = try #require(try await store.raw("HKEYS", store.keys.unacked).elements?.first?.text)
        try await store.raw("ZADD", store.keys.unackedIndex, "1767225601.5", tag)
        try await store.raw("HSET", store.keys.unacked, tag, PythonMessage().entry)
        await time.advance(by: .minutes(1))
        #expect(try await store.drain() == [])
        #expect(try await store.raw("HEXISTS", store.keys.unacked, tag).integer == 1)
        #expect(try await store.raw("EXISTS", store.keys.leases(.default)).integer == 0)
    }

    @Test("a renewal moves the score that kombu goes by, and the receipt stays good")
    func renewal() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a")])
        try await store.consume { consumer in
            let delivery = try await consumer.claimOne()
            let tag = try #require(store.held.delivery(of: delivery.receipt)).tag
            for _ in 0..<3 {
                await time.advance(by: .seconds(10))
                #expect(try await consumer.extendLeases([delivery.receipt], by: .seconds(30)) == [])
                let score = try await store.raw("ZSCORE", store.keys.unackedIndex, tag).number
                #expect(score == time.now.timeIntervalSince1970)
            }
            #expect(try await consumer.settle([(delivery.receipt, .ack)]) == [])
        }
        #expect(try await store.raw("KEYS", store.keys.prefix + "*renewed*").elements?.count == 0)
    }

    @Test("what a worker claimed whose answer was cut off comes back when its lease ends")
    func lostAnswer() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a"), .sample("b")])
        try await store.claimInVain()
        #expect(try await store.list(store.keys.list(.default, step: 0)) == [])
        await time.advance(by: .seconds(29))
        try await store.reap()
        #expect(try await store.counts(of: .default).leased == 2)
        await time.advance(by: .seconds(1))
        try await store.reap()
        #expect(try await store.counts(of: .default).leased == 0)
        try await store.consume { consumer in
            let again = try await consumer.claim()
            #expect(again.map(\.id) == ["a", "b"])
            #expect(again.map(\.deliveryCount) == [2, 2])
        }
    }

    @Test("two messages of one tag, as kombu's exchanges make them, are held and settled each on its own")
    func sharedTag() async throws {
        let store = try Stores.inVirtualTime(time)
        let message = PythonMessage(exchange: "topics", routingKey: "a.b")
        for queue in ["one", "two"] { try await store.raw("LPUSH", store.keys.prefix + queue, message.text) }
        try await store.consume(["one", "two"]) { consumer in
            let both = try await consumer.next(upTo: 10, from: ["one", "two"], wait: false)
            #expect(both.map(\.queue) == ["one", "two"])
            #expect(try await store.raw("HLEN", store.keys.unacked).integer == 2)
            #expect(try await consumer.settle([(both[0].receipt, .ack)]) == [])
            #expect(try await store.raw("HLEN", store.keys.unacked).integer == 1)
            #expect(try await consumer.settle([(both[1].receipt, .ack)]) == [])
        }
        #expect(try await store.raw("EXISTS", store.keys.unacked).integer == 0)
    }

    @Test("a script that the server has forgotten is sent again")
    func forgottenScripts() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.publish([.sample("a")])
        try await store.raw("SCRIPT", "FLUSH")
        #expect(try await store.drain() == ["a"])
    }
}

extension RESPValue {
    /// Texts, those of nested arrays in their place.
    var flattened: [String] { elements.map { $0.flatMap(\.flattened) } ?? [number.map { "\($0)" } ?? text ?? ""] }

    var number: Double? {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        default: text.flatMap(Double.init)
        }
    }
}
