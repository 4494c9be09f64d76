#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit

/// Revoking cancels a waiting job as RQ does, and with `terminate` sends RQ's command stop-job for a running one. A key
/// of our own records the revocation, for jobs that come back or come later.
extension RQStore: RevocationStore {
    @discardableResult
    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID> {
        var canceled: Set<TaskID> = []
        for part in ids.parts(of: 500) {
            var words: RESPWords = [terminate ? 1 : 0, String(until.timeIntervalSince1970)]
            words.append(contentsOf: part.map(\.rawValue))
            canceled.formUnion(try await run(RQScripts.cancel, words).texts.map { TaskID($0) })
        }
        return canceled
    }

    /// Makes the worker that shares this store stop a job that it runs. The worker learns of it as of any revocation.
    func stopHere(_ id: TaskID) async throws {
        let words: RESPWords = [2, time.now.adding(.days(1)).scoreText, id.rawValue]
        _ = try await run(RQScripts.cancel, words)
    }

    public func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation] {
        let scores = RevocationScores(revoked: keys.revoked, terminated: keys.stopped)
        return try await scores.revocations(among: ids, at: time.now, by: server)
    }

    public func nextRevocation(after generation: Int64) async throws -> Int64 {
        let ear = notices.listen(to: keys.revoked)
        defer { notices.leave(ear) }
        while true {
            let newest = try await send(RESPCommand("GET", keys.revocationGeneration)).text.flatMap(Int64.init) ?? 0
            // A smaller generation means that the server has lost its data, and all revocations with it.
            if newest != generation { return newest }
            _ = try await ear.next(atMost: .seconds(1), time)
        }
    }
}
