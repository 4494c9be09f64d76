import CeleriacCore
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
@testable import CeleriacRedis

@Suite("A tick that skips overlaps, in Redis", .timeLimit(.minutes(15)))
struct OverlapTests {
    private static let commands: Set<String> = ["lrange", "lpos", "zrange", "zrevrange", "hscan", "scan", "hgetall"]

    @Test("it costs the same few commands, however many messages wait", arguments: [0, 100_000])
    func isBounded(waiting: Int) async throws {
        try await RedisServer.run { server in
            var options = RedisOptions()
            options.checksServer = false
            let store = RedisStore(Stores.configuration(of: server), options: options, logger: .quiet)
            let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: .quiet)
            var entry = ScheduleEntry("a", .every(.minutes(1)), task: "tests.sample")
            entry.overlap = .skip
            try await store.put(entry)
            let publisher = TickPublisher(app: app, store: store)
            let first = try #require(try await store.scheduleRecord(of: "a"))
            let dueAt = Date().addingTimeInterval(61)
            #expect(try await publisher.publish(first.due(at: dueAt), of: first, at: dueAt) != nil)
            for start in stride(from: 0, to: waiting, by: 5_000) {
                try await store.publish((start..<start + 5_000).map { .sample(TaskID("\($0)")) })
            }
            let second = try #require(try await store.scheduleRecord(of: "a"))
            _ = try await store.send(RESPCommand("CONFIG", "RESETSTAT"))
            let nextAt = dueAt.addingTimeInterval(61)
            #expect(try await publisher.publish(second.due(at: nextAt), of: second, at: nextAt)?.runs == 1)
            let calls = try await Self.calls(of: store)
            #expect(calls.values.reduce(0, +) <= 30, "\(calls)")
            #expect(calls.filter { Self.commands.contains($0.key) }.values.reduce(0, +) <= 5, "\(calls)")
            #expect(try await store.counts(of: .default).ready == waiting + 1)
            await store.close()
        }
    }

    @Test("a call that Python has taken and given back still stands; one that it has ended does not")
    func python() async throws {
        try await RedisServer.run { server in
            var options = RedisOptions()
            options.checksServer = false
            let store = RedisStore(Stores.configuration(of: server), options: options, logger: .quiet)
            try await store.put(ScheduleEntry("a", .every(.minutes(1)), task: "tests.sample"))
            let record = try #require(try await store.scheduleRecord(of: "a"))
            _ = try await store.take(
                ScheduleStep(of: record, through: nil, publishing: [.sample("call")], at: Date()))
            // As kombu does it: BRPOP, then both keys.
            let raw = try #require(try await store.raw("RPOP", "celery").text)
            let tag = try #require(KombuTag.of(raw))
            try await store.raw("ZADD", "unacked_index", "1700000000.5", tag)
            try await store.raw("HSET", "unacked", tag, #"[\#(raw), "", "celery"]"#)
            #expect(try await store.isStanding("call", of: "a"))
            try await store.raw("HDEL", "unacked", tag)
            try await store.raw(
                "RPUSH", "celery", raw.replacing(#""headers":{"#, with: #""headers": {"redelivered": true, "#))
            #expect(try await store.isStanding("call", of: "a"))
            try await store.raw("RPOP", "celery")
            #expect(try await store.isStanding("call", of: "a") == false)
            #expect(try await store.raw("KEYS", "celeriac.unique:*").elements?.isEmpty == true)
            await store.close()
        }
    }

    /// How often each command was called, by scripts or not.
    private static func calls(of store: RedisStore) async throws -> [String: Int] {
        let text = try await store.send(RESPCommand("INFO", "commandstats")).text ?? ""
        return text.split(whereSeparator: \.isNewline).reduce(into: [:]) { calls, line in
            guard line.hasPrefix("cmdstat_"), let colon = line.firstIndex(of: ":") else { return }
            let number = line[colon...].dropFirst(":calls=".count).prefix { $0 != "," }
            calls[String(line[..<colon].dropFirst("cmdstat_".count))] = Int(number) ?? 0
        }
    }
}

private enum KombuTag {
    static func of(_ raw: String) -> String? {
        let start = #"{"properties":{"delivery_tag":""#
        guard raw.hasPrefix(start) else { return nil }
        return String(raw.dropFirst(start.count).prefix { $0 != "\"" })
    }
}
