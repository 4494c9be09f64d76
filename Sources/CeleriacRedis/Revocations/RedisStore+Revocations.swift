#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import RESPClient
import RedisKit

/// Stores revocations in Redis, so that they outlive every worker.
///
/// A waiting message stays in its list until it is claimed, because this layout has no index by id. Its unique key is
/// freed at once. Python's workers do not read these revocations: the caller that revokes also sends them the remote
/// control command `revoke`. The store does not send it, because workers that receive the command revoke here as well,
/// and it would never end.
extension RedisStore: RevocationStore {
    /// How many ids go into one script.
    private static let mostRevocations = 500

    @discardableResult
    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID> {
        for start in stride(from: 0, to: ids.count, by: Self.mostRevocations) {
            let part = Array(ids[start..<min(start + Self.mostRevocations, ids.count)])
            _ = try await clearingWay(of: revocationKinds) {
                try await run(
                    Scripts.revoke, keys: keys.revocations + part.map { keys.result($0) },
                    words(for: part, terminate: terminate, until: until))
            }
        }
        return []
    }

    private var revocationKinds: [(key: String, kind: String)] {
        zip(keys.revocations, ["zset", "zset", "string"]).map { ($0, $1) }
    }

    /// The ARGV of ``Scripts/revoke``.
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
            // Looks at once, before the channel is confirmed: a caller that missed something need not wait.
            let newest = try await clearingWay(of: revocationKinds) {
                try await send(RESPCommand("GET", keys.revocationGeneration)).text.flatMap(Int64.init) ?? 0
            }
            // A smaller generation means that the server has lost its data, and all revocations with it.
            if newest != generation { return newest }
            _ = try await ear.next(atMost: .seconds(1), time)
        }
    }
}

extension RedisKeys {
    /// The KEYS of ``Scripts/revoke``: the ends of all revocations by id, those of calls to be terminated, and the
    /// generation.
    var revocations: [String] { [revoked, own("revoked.terminate"), revocationGeneration] }
    /// A number that grows with each revocation.
    var revocationGeneration: String { own("revoked.generation") }
    /// The channel that publishes the generation each time it has grown.
    var revocationChannel: String { own("revoked") }
}
