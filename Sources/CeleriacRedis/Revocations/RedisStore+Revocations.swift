#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import RESPClient
import RedisKit

/// Revocations lie in Redis, so that they outlive every worker.
///
/// A message that waits stays in its list until it is claimed: there is no index by id on this layout; its unique key is free at
/// once. Python's workers know
/// nothing of this: they are told by the command `revoke` of remote control, by whoever revokes. It is not sent from here,
/// since workers that hear it come here as well, and would never end.
extension RedisStore: RevocationStore {
    /// How many go into one script.
    private static let mostRevocations = 500

    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws {
        for start in stride(from: 0, to: ids.count, by: Self.mostRevocations) {
            let part = Array(ids[start..<min(start + Self.mostRevocations, ids.count)])
            _ = try await clearingWay(of: revocationKinds) {
                try await run(
                    Scripts.revoke, keys: keys.revocations + part.map { keys.result($0) },
                    words(for: part, terminate: terminate, until: until))
            }
        }
    }

    private var revocationKinds: [(key: String, kind: String)] {
        zip(keys.revocations, ["zset", "zset", "string"]).map { ($0, $1) }
    }

    /// ARGV of ``Scripts/revoke``.
    private func words(for ids: [TaskID], terminate: Bool, until: Date) -> RESPWords {
        var words: RESPWords = [
            virtualNow, String(until.timeIntervalSince1970), terminate ? 1 : 0, keys.revocationChannel,
            keys.own("unique:"), keys.unacked,
        ]
        for id in ids {
            let change = StateChange.revoked(id, at: time.now, expires: until)
            words.append(id.rawValue)
            words.append(prepare(change).document)
            words.append(span(until: change.expires))
        }
        return words
    }

    public func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation] {
        let scores = RevocationScores(revoked: keys.revocations[0], terminated: keys.revocations[1])
        return try await clearingWay(of: revocationKinds) {
            try await scores.revocations(among: ids, at: time.now, by: server)
        }
    }

    public func nextRevocation(after generation: Int64) async throws -> Int64 {
        let ear = notices.listen(to: keys.revocationChannel)
        defer { notices.leave(ear) }
        while true {
            // A look at once, before the channel is confirmed: who missed something need not wait.
            let newest = try await clearingWay(of: revocationKinds) {
                try await send(RESPCommand("GET", keys.revocationGeneration)).text.flatMap(Int64.init) ?? 0
            }
            // A smaller one says that the server has lost its data, and all revocations with it.
            if newest != generation { return newest }
            _ = try await ear.next(atMost: .seconds(1), time)
        }
    }
}

extension RedisKeys {
    /// KEYS of ``Scripts/revoke``: until when by id, of all and of those to be terminated; and the generation.
    var revocations: [String] { [revoked, own("revoked.terminate"), revocationGeneration] }
    /// Grows with each revocation.
    var revocationGeneration: String { own("revoked.generation") }
    /// Says the generation, each time that it has grown.
    var revocationChannel: String { own("revoked") }
}
