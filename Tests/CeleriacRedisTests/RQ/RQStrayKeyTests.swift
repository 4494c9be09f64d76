import CeleriacCore
import CeleriacTesting
import CeleriacRQWire
import Foundation
import RESPClient
import Testing

@testable import CeleriacRQ

@Suite("What strangers leave in RQ's keys", .oneServer, .timeLimit(.minutes(15)))
struct RQStrayKeyTests {
    private let time = ManualTime()

    @Test("a queue of which a key is of another kind is passed over, logged once, and served once the key is right")
    func strayKeys() async throws {
        let log = LogLines()
        let store = try RQStores.inVirtualTime(time, logger: log.logger)
        try await store.publish([.sample("a", to: "default"), .sample("b", to: "mail")])
        try await store.raw("SET", store.keys.started("mail"), "a stranger's")
        try await store.raw("HSET", store.keys.queue("other"), "not", "ours")
        let queues: [QueueName] = ["other", "mail", "default"]
        try await store.consume(queues) { consumer in
            for expected in [["a"], [], []] as [[TaskID]] {
                let claimed = try await consumer.next(upTo: 10, from: queues, wait: false)
                #expect(claimed.map(\.id) == expected)
                _ = try await consumer.settle(claimed.map { ($0.receipt, .ack) })
            }
            #expect(log.lines.filter { $0.contains("wrong type and is skipped") }.count == 2)
            try await store.raw("DEL", store.keys.started("mail"))
            #expect(try await consumer.next(upTo: 10, from: queues, wait: false).map(\.id) == ["b"])
        }
        await #expect { try await store.publish([.sample("c", to: "other")]) } throws: {
            "\($0)".contains(store.keys.queue("other"))
        }
        await store.close()
    }

    @Test(
        "keys that only tell people something keep no job from running", arguments: ["revoked", "executions", "worker"])
    func tellingKeys(which: String) async throws {
        let store = try RQStores.inVirtualTime(time)
        let key =
            switch which {
            case "revoked": store.keys.revoked
            case "executions": store.keys.executions(ofWorker: store.identity.worker)
            default: store.keys.worker(store.identity.worker)
            }
        try await store.raw("RPUSH", key, "a stranger's")
        try await store.publish([.sample("a", to: "default")])
        let claimed = try await store.consume { try await $0.claim(from: "default").map(\.id) }
        #expect(claimed == ["a"])
        await store.close()
    }

    @Test("an error among the answers is never read as \"not revoked\"", arguments: ["revoked", "stopped"])
    func unreadableRevocations(which: String) async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.revoke(["a"], terminate: true, until: time.now.adding(.hours(1)))
        let key = which == "revoked" ? store.keys.revoked : store.keys.stopped
        try await store.raw("DEL", key)
        try await store.raw("RPUSH", key, "a stranger's")
        await #expect(throws: BrokerError.self) { try await store.revocations(among: ["a"]) }
        await store.close()
    }

    @Test("an end that makes no job of RQ's, or has no queue, harms no other of its batch", arguments: [true, false])
    func refusedEnd(isBadID: Bool) async throws {
        let store = try RQStores.inVirtualTime(time)
        try await store.publish(["a", "b", "c"].map { .sample($0, to: "default") })
        try await store.raw("HSET", store.keys.queue("broken"), "not", "ours")
        try await store.consume { consumer in
            let all = try await consumer.claim(from: "default")
            var completions = all.map { delivery in
                Completion(
                    receipt: delivery.receipt, settlement: .ack,
                    change: .ended(delivery.id, .success, result: "1", at: time.now))
            }
            completions[1].continuation = [isBadID ? .sample("no id", to: "default") : .sample("d", to: "broken")]
            let refusal = await #expect(throws: CompletionRefusal.self) { try await store.complete(completions) }
            #expect(refusal.map { Array($0.reasons.keys) } == [all[1].receipt])
            #expect(try await consumer.settle([(all[1].receipt, .deadLetter(reason: "no way on"))]).isEmpty)
        }
        #expect(try await store.status(of: "a") == "finished")
        #expect(try await store.status(of: "b") == "failed")
        #expect(try await store.status(of: "c") == "finished")
        await store.close()
    }

    @Test("a job that is too large, or was claimed too often and never settled, fails; nothing of it is read")
    func tooMuch() async throws {
        let store = try RQStores.inVirtualTime(time) { options in
            options.limits = MessageLimits(bodyBytes: 10_000, resultBytes: 10_000)
            options.deliveryLimit = 3
        }
        try await store.publish(["large", "poison", "a"].map { .sample($0, to: "default") })
        try await store.raw("HSET", store.keys.job("large"), "x", String(repeating: "x", count: 3 << 20))
        try await store.raw("HSET", store.keys.job("poison"), "celeriac_deliveries", "3")
        let claimed = try await store.consume { try await $0.claim(from: "default").map(\.id) }
        #expect(claimed == ["a"])
        let reasons = try await store.deadLetters(in: "default", after: nil, limit: 10).map(\.reason).sorted()
        #expect(reasons.count == 2)
        #expect(reasons.first?.contains("bytes; at most") == true)
        #expect(reasons.last == "it was claimed 3 times and never settled")
        await store.close()
    }

    @Test("a claim stops once the jobs that it has read come to sixteen megabytes, and leaves the rest in order")
    func boundedClaim() async throws {
        let store = try RQStores.inVirtualTime(time)
        let ids = (0..<8).map { TaskID("job-\($0)") }
        try await store.publish(ids.map { .sample($0, to: "default") })
        for id in ids {
            try await store.raw("HSET", store.keys.job(id), "description", String(repeating: "x", count: 5 << 20))
        }
        try await store.consume { consumer in
            var claimed: [[TaskID]] = []
            while true {
                let part = try await consumer.claim(10, from: "default").map(\.id)
                if part.isEmpty { break }
                claimed.append(part)
            }
            #expect(claimed.count >= 2 && claimed.allSatisfy { $0.count <= 4 })
            #expect(claimed.flatMap { $0 } == ids)
        }
        await store.close()
    }
}
