#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import RESPClient

/// The status lines of our own workers; Python's are asked by remote control.
extension RedisStore: WorkerDirectory {
    public func beat(_ status: WorkerStatus) async throws {
        let line = [UInt8](try JSONEncoder().encode(status))
        let expires = String(status.expires.timeIntervalSince1970)
        _ = try await run(Scripts.beat, keys: keys.workers, [virtualNow, status.name, expires, line])
    }

    public func leave(_ worker: String) async throws {
        let answers = try await send([
            RESPCommand("HDEL", keys.workers[0], worker), RESPCommand("ZREM", keys.workers[1], worker),
        ])
        try server.throwFirstError(in: answers)
    }

    public func workers() async throws -> [WorkerStatus] {
        let now = time.now
        let lines = try await send(RESPCommand("HVALS", keys.workers[0])).elements ?? []
        // A line in the format of a later version cannot be shown, so it is left out.
        return lines.compactMap { line in
            line.bytes.flatMap { try? JSONDecoder().decode(WorkerStatus.self, from: Data($0)) }
        }
        .filter { $0.expires > now }
        .sorted { $0.name < $1.name }
    }
}

extension RedisKeys {
    /// HASH name -> line; ZSET name -> until when the line is valid, in seconds.
    var workers: [String] { [own("workers"), own("workers.expiry")] }
}
