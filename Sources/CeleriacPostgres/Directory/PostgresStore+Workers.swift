public import CeleriacCore
import Foundation
import PostgresClient

extension PostgresStore: WorkerDirectory {
    public func beat(_ status: WorkerStatus) async throws {
        let line = [UInt8](try JSONEncoder().encode(status))
        _ = try await run(
            .beat, .text(StoredKey(status.name).key), .date(clock.onServer(status.expires)), .bytes(line), on: .relaxed)
    }

    public func leave(_ worker: String) async throws {
        _ = try await run(.leave, .text(StoredKey(worker).key), on: .relaxed)
    }

    public func workers() async throws -> [WorkerStatus] {
        // This version cannot show a line that a later version wrote in another form.
        try await run(.workers, on: .relaxed).compactMap { row in
            let line = Data(try row.bytes(0))
            return try? JSONDecoder().decode(WorkerStatus.self, from: line)
        }
    }
}
