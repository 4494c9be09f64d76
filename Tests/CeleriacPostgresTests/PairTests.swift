import CeleriacCore
import CeleriacMemory
import CeleriacSQLite
import CeleriacTesting
import Foundation
import Testing

@testable import CeleriacPostgres

@Suite("PostgreSQL keeps the results of another broker", .serialized)
struct PairTests {
    enum Other: String, CaseIterable, CustomTestStringConvertible {
        case plain = "a plain broker"
        case sqlite = "SQLite"

        var testDescription: String { rawValue }

        func broker(_ time: ManualTime, _ directory: String) throws -> any Broker {
            switch self {
            case .plain: PlainBroker(MemoryStore(time: time))
            case .sqlite: try SQLiteStore(path: directory + "/tasks.sqlite", time: time)
            }
        }
    }

    @Test("the pair keeps its promise", .timeLimit(.minutes(15)), arguments: Other.allCases, PairCheck.all)
    func keepsItsPromise(other: Other, check: PairCheck) async throws {
        let directory = NSTemporaryDirectory() + "celeriac-pair-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await Stores.withVirtualTime { store, time in
            try await check.run(Backend(broker: try other.broker(time, directory), results: store), time)
        }
    }
}
