import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRQ
@testable import CeleriacRedis

@Suite("Pauses and the audit log in Redis", .oneServer, .serialized)
struct GateTests {
    @Test("a consumer that waits for a paused queue with messages asks about once a second, not in a loop")
    func restful() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let count = try await Self.claims(of: store, store.client)
        #expect(count < 30)
        await store.close()
    }

    @Test("the same on RQ's layout")
    func restfulRQ() async throws {
        let options = try RQOptions(prefix: "t-gate")
        let store = RQStore(try Stores.configuration(), options: options, logger: .quiet)
        let count = try await Self.claims(of: store, store.client)
        #expect(count < 30)
        await store.close()
    }

    /// Lets a consumer wait for two seconds for a paused queue that holds a message, then resumes the queue.
    ///
    /// - Returns: how many scripts ran meanwhile.
    private static func claims(of store: some Broker & QueueGate, _ client: RESPClient) async throws -> Int {
        let envelope = Envelope(headers: MessageHeaders(id: "a", task: "t"), body: Array("[[],{},{}]".utf8))
        try await store.publish([Publication(envelope, to: .default)])
        try await store.setPaused(true, .default, by: "ada", note: "")
        return try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            async let claimed = consumer.next(upTo: 1, from: [.default], wait: true).map(\.id)
            let before = try await scripts(client)
            try await Task.sleep(for: .seconds(2))
            let after = try await scripts(client)
            try await store.setPaused(false, .default, by: "ada", note: "")
            #expect(try await claimed == ["a"])
            return after - before
        }
    }

    private static func scripts(_ client: RESPClient) async throws -> Int {
        let text = try await client.send(RESPCommand("INFO", "commandstats")).text ?? ""
        return text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("cmdstat_eval") }.reduce(0) { sum, line in
            sum + (Int(line.drop { $0 != "=" }.dropFirst().prefix { $0 != "," }) ?? 0)
        }
    }

    @Test("the newest 100,000 entries are kept")
    func bounded() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let script = """
            for i = 1, 100010 do
              redis.call('ZADD', KEYS[1], i, 'old-' .. i)
              redis.call('HSET', KEYS[2], 'old-' .. i, '{}')
            end
            redis.call('SET', KEYS[3], 100010)
            """
        let keys = ["audit.order", "audit", "audit.sequence"].map(store.keys.own)
        _ = try await store.send(RESPCommand("EVAL", script, 3, keys[0], keys[1], keys[2]))
        for id in ["a", "b"] {
            try await store.append(AuditEntry(id: id, at: Date(), user: "ada", action: "pause"))
        }
        #expect(try await store.send(RESPCommand("ZCARD", keys[0])).integer == Int64(AuditEntry.mostKept))
        #expect(try await store.send(RESPCommand("HLEN", keys[1])).integer == Int64(AuditEntry.mostKept))
        #expect(try await store.auditEntries(after: nil, limit: 2).map(\.id) == ["b", "a"])
        await store.close()
    }
}
