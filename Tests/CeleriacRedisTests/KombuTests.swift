import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import RedisUnderTest
import TestKit
import Testing

@testable import CeleriacRedis

/// Python's own kombu, where the tests' virtual environment has it.
enum Kombu {
    static var python: String? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: ".venv/bin/python").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    /// Runs a program that finds a channel of kombu's in `channel`, and returns what it prints.
    static func run(_ program: String, port: Int, options: String = "{}") async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: try #require(python))
        let frame = """
            from kombu import Connection
            with Connection("redis://127.0.0.1:\(port)/0", transport_options=\(options)) as connection:
                channel = connection.channel()

            """
        process.arguments = ["-c", frame + program.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")]
        let output = Pipe.unshared()
        process.standardOutput = output
        process.standardError = output
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                continuation.resume(returning: text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            do { try process.begin() } catch { continuation.resume(throwing: error) }
        }
    }
}

@Suite("Beside kombu itself", .enabled(if: Kombu.python != nil), .serialized, .timeLimit(.minutes(15)))
struct KombuTests {
    @Test("kombu restores what we left, in our order, and our late acknowledgement changes nothing")
    func restores() async throws {
        try await RedisServer.run { server in
            let store = try RedisStore(url: server.url, logger: .quiet)
            try await store.publish([.sample("a"), .sample("b", priority: .normal)])
            try await store.consume { consumer in
                let held = try await consumer.claim()
                #expect(held.map(\.id) == ["a", "b"])
                let printed = try await Kombu.run(
                    "channel.qos.restore_visible(num=100, interval=1)\nprint(channel.client.hlen('unacked'))",
                    port: server.port, options: #"{"visibility_timeout": 0}"#)
                #expect(printed == "0")
                let again = try await consumer.claim()
                #expect(again.map(\.id) == ["a", "b"])
                #expect(again.map(\.deliveryCount) == [.atLeast(2), .atLeast(2)])
                #expect(try await consumer.settle(held.map { ($0.receipt, .ack) }) == Set(held.map(\.receipt)))
                #expect(try await store.raw("HLEN", "unacked").integer == 2)
                #expect(try await consumer.settle(again.map { ($0.receipt, .ack) }) == [])
            }
            #expect(try await store.raw("EXISTS", "unacked", "unacked_index", "celery").integer == 0)
            await store.close()
        }
    }

    @Test("kombu leaves alone what we have just renewed")
    func leavesRenewed() async throws {
        try await RedisServer.run { server in
            let store = try RedisStore(url: server.url, logger: .quiet)
            try await store.publish([.sample("a")])
            try await store.consume { consumer in
                let held = try await consumer.claimOne()
                #expect(try await consumer.extendLeases([held.receipt], by: .seconds(30)) == [])
                let printed = try await Kombu.run(
                    "channel.qos.restore_visible(num=100, interval=1)\nprint(channel.client.hlen('unacked'))",
                    port: server.port, options: #"{"visibility_timeout": 60}"#)
                #expect(printed == "1")
                #expect(try await consumer.settle([(held.receipt, .ack)]) == [])
            }
            await store.close()
        }
    }

    @Test("what we publish kombu reads, by priority; what kombu publishes through a topic exchange of ours arrives")
    func bothWays() async throws {
        try await RedisServer.run { server in
            let store = try RedisStore(url: server.url, logger: .quiet)
            try await store.publish([.sample("low", priority: .low), .sample("high", priority: .critical)])
            let printed = try await Kombu.run(
                """
                for _ in range(2):
                    message = channel.basic_get("celery")
                    print(message.headers["id"], message.delivery_info["routing_key"])
                    channel.basic_ack(message.delivery_tag)
                print(channel.client.exists("unacked"))
                """, port: server.port)
            #expect(printed == "high celery\nlow celery\n0")
            try await store.declare(Topology([Exchange("news", .topic, bindings: [.init("sport", key: "sport.*")])]))
            _ = try await Kombu.run(
                """
                from kombu import Exchange, Producer
                exchange = Exchange("news", "topic")
                Producer(channel, exchange).publish(
                    [[], {}, {}], routing_key="sport.chess", serializer="json", headers={"task": "t", "id": "from-python"})
                """, port: server.port)
            #expect(try await store.drain("sport") == ["from-python"])
            await store.close()
        }
    }
}
