#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore
import CeleriacWire
import RESPClient

/// Revoking is RQ's cancel for a job that waits, and with `terminate` its command stop-job for one that runs. That it was
/// revoked is kept in a key of ours, for what comes back or comes later.
extension RQStore: RevocationStore {
    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws {
        for start in stride(from: 0, to: ids.count, by: 500) {
            var words: RESPWords = [terminate ? 1 : 0, String(until.timeIntervalSince1970)]
            words.append(contentsOf: ids[start..<min(start + 500, ids.count)].map(\.rawValue))
            _ = try await run(RQScripts.cancel, words)
        }
    }

    /// Has the worker that shares this store stop a job that it runs: it learns of it as of any revocation.
    func stopHere(_ id: TaskID) async throws {
        let words: RESPWords = [2, time.now.adding(.days(1)).scoreText, id.rawValue]
        _ = try await run(RQScripts.cancel, words)
    }

    public func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation] {
        var found: [TaskID: Revocation] = [:]
        let now = time.now
        for start in stride(from: 0, to: ids.count, by: 1_000) {
            let part = ids[start..<min(start + 1_000, ids.count)]
            let scores = try await server.send(
                [keys.revoked, keys.stopped].map { key in
                    var command = RESPCommand("ZMSCORE", key)
                    command.append(contentsOf: part.map(\.rawValue))
                    return command
                })
            for case .error(let error) in scores { throw StoreError.translating(error, client.configuration) }
            let lists = try scores.map { try $0.elements(atLeast: part.count, of: "ZMSCORE") }
            guard lists.count == 2 else { throw BrokerError.malformedAnswer(to: "ZMSCORE") }
            for (index, id) in part.enumerated() {
                guard let until = lists[0][index].double.map(Date.init(timeIntervalSince1970:)), until > now else {
                    continue
                }
                found[id] = Revocation(id: id, terminate: lists[1][index].double != nil, until: until)
            }
        }
        return found
    }

    public func nextRevocation(after generation: Int64) async throws -> Int64 {
        let ear = notices.listen(to: keys.revoked)
        defer { notices.leave(ear) }
        while true {
            let newest = try await send(RESPCommand("GET", keys.revocationGeneration)).text.flatMap(Int64.init) ?? 0
            // A smaller one says that the server has lost its data, and all revocations with it.
            if newest != generation { return newest }
            _ = try await ear.next(atMost: .seconds(1), time)
        }
    }
}
