import AMQPClient
import CeleriacCore
import CeleriacMemory
import CeleriacRabbitMQ
import CeleriacSQLite
import CeleriacTesting
import Foundation
import RESPClient
import RabbitMQUnderTest
import RedisUnderTest
import Testing

@testable import CeleriacPostgres
@testable import CeleriacRedis

@Suite("PostgreSQL keeps the results of another broker", .serialized)
struct PairTests {
    enum Other: String, CaseIterable, CustomTestStringConvertible {
        case plain = "a plain broker"
        case sqlite = "SQLite"
        case redis = "Redis"
        case rabbitMQ = "RabbitMQ"

        var testDescription: String { rawValue }

        /// Those whose server, if they need one, is there.
        static var expected: [Other] {
            allCases.filter { $0 != .rabbitMQ || RabbitMQServer.isExpected }
        }

        /// The promises that do not show in virtual time, by name.
        var differences: Set<String> {
            // The server holds the second call back for a minute of its own time.
            self == .rabbitMQ ? ["a rate limit is shared by all workers, if one of the stores shares any"] : []
        }

        /// Runs `body` with an empty broker, on a server of its own if it needs one.
        func withBroker(_ time: ManualTime, _ body: (any Broker) async throws -> Void) async throws {
            switch self {
            case .plain: try await body(PlainBroker(MemoryStore(time: time)))
            case .sqlite: try await withSQLite(time, body)
            case .redis: try await withRedis(time, body)
            case .rabbitMQ: try await withRabbitMQ(time, body)
            }
        }

        private func withSQLite(_ time: ManualTime, _ body: (any Broker) async throws -> Void) async throws {
            let directory = NSTemporaryDirectory() + "celeriac-pair-" + UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try await body(SQLiteStore(path: directory + "/tasks.sqlite", time: time))
        }

        private func withRedis(_ time: ManualTime, _ body: (any Broker) async throws -> Void) async throws {
            try await RedisServer.run { server in
                let client = RESPClient(
                    RESPConfiguration(address: .host("127.0.0.1", port: server.port)), logger: .quiet)
                let store = RedisStore(
                    client: client, options: RedisOptions(), time: time, hasInjectedTime: true, logger: .quiet)
                try await body(store)
                await store.close()
            }
        }

        private func withRabbitMQ(_ time: ManualTime, _ body: (any Broker) async throws -> Void) async throws {
            let server = try await RabbitMQServer.shared()
            let store = RabbitMQStore(
                AMQPConfiguration(
                    hosts: [.init("127.0.0.1", port: server.port)], virtualHost: try await server.makeVirtualHost()),
                time: time, logger: .quiet)
            try await body(store)
            await store.close()
        }
    }

    @Test("the pair keeps its promise", .timeLimit(.minutes(15)), arguments: Other.expected, PairCheck.all)
    func keepsItsPromise(other: Other, check: PairCheck) async throws {
        guard !other.differences.contains(check.name) else { return }
        try await Stores.withVirtualTime { store, time in
            try await other.withBroker(time) { broker in
                try await check.run(Backend(broker: broker, results: store), time)
            }
        }
    }

    @Test("each promise that is left out exists")
    func differencesExist() {
        let names = Set(PairCheck.all.map(\.name))
        for other in Other.allCases { #expect(other.differences.isSubset(of: names)) }
    }
}
