import CeleriacCore
import CeleriacMemory
import CeleriacRQ
import CeleriacRedis
import CeleriacSQLite
import CeleriacTesting
import Foundation
import Testing

/// A broker and a result backend that are two stores.
struct Pair: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// - Parameter directory: for files of the pair; gone with the test.
    let make: @Sendable (ManualTime, _ directory: String) throws -> (Backend, [RedisStore])

    static let all: [Pair] = [
        Pair(testDescription: "plain broker, memory") { time, _ in
            (Backend(broker: plain(time), results: MemoryStore(time: time)), [])
        },
        Pair(testDescription: "plain broker, SQLite") { time, directory in
            (Backend(broker: plain(time), results: try sqlite(time, directory)), [])
        },
        Pair(testDescription: "plain broker, Redis") { time, _ in
            let redis = try Stores.inVirtualTime(time)
            return (Backend(broker: plain(time), results: redis), [redis])
        },
        Pair(testDescription: "SQLite, Redis") { time, directory in
            let redis = try Stores.inVirtualTime(time)
            return (Backend(broker: try sqlite(time, directory), results: redis), [redis])
        },
        Pair(testDescription: "Redis, SQLite") { time, directory in
            let redis = try Stores.inVirtualTime(time)
            return (Backend(broker: redis, results: try sqlite(time, directory)), [redis])
        },
    ]

    private static func plain(_ time: ManualTime) -> PlainBroker { PlainBroker(MemoryStore(time: time)) }

    private static func sqlite(_ time: ManualTime, _ directory: String) throws -> SQLiteStore {
        try SQLiteStore(path: directory + "/tasks.sqlite", time: time)
    }
}

@Suite("Two stores serve one app", .oneServer)
struct PairTests {
    @Test("a pair keeps its promise", .timeLimit(.minutes(15)), arguments: Pair.all, PairCheck.all)
    func keepsItsPromise(pair: Pair, check: PairCheck) async throws {
        let directory = NSTemporaryDirectory() + "celeriac-pair-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let time = ManualTime()
        let (backend, stores) = try pair.make(time, directory)
        try await check.run(backend, time)
        for store in stores { await store.close() }
    }

    @Test("a flaky broker around Redis or RQ has each port of the store within")
    func flaky() async throws {
        let redis = try Stores.inVirtualTime(ManualTime())
        #expect(Self.ports(of: Backend(FlakyBroker(redis))) == Self.ports(of: Backend(redis)))
        let rq = RQStore(try Stores.configuration())
        #expect(Self.ports(of: Backend(FlakyBroker(rq))) == Self.ports(of: Backend(rq)))
        await redis.close()
        await rq.close()
    }

    /// The names of the ports that a backend has.
    private static func ports(of backend: Backend) -> Set<String> {
        Set(
            Mirror(reflecting: backend).children.compactMap { child in
                let value = Mirror(reflecting: child.value)
                let canLack = value.displayStyle == .optional || value.displayStyle == .collection
                return canLack && value.children.isEmpty ? nil : child.label
            })
    }
}
