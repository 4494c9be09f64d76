#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore
import RESPClient

/// The two sorted sets of revocations, which both layouts keep: id to end of the revocation, in seconds. One holds all
/// revoked calls, the other those to be terminated.
package struct RevocationScores: Sendable {
    private let revoked: String
    private let terminated: String

    package init(revoked: String, terminated: String) {
        self.revoked = revoked
        self.terminated = terminated
    }

    /// - Returns: the revocations of `ids` that end after `now`. Asks for 1,000 ids at a time.
    /// - Throws: ``BrokerError``, also if one of the answers is an error: nobody may read it as "not revoked".
    package func revocations(
        among ids: [TaskID], at now: Date, by link: ServerLink
    ) async throws -> [TaskID: Revocation] {
        var found: [TaskID: Revocation] = [:]
        for start in stride(from: 0, to: ids.count, by: 1_000) {
            let part = ids[start..<min(start + 1_000, ids.count)]
            let answers = try await link.send([revoked, terminated].map { Self.question($0, part) })
            try link.throwFirstError(in: answers)
            let scores = try answers.map { try $0.elements(atLeast: part.count, of: "ZMSCORE") }
            guard scores.count == 2 else { throw BrokerError.malformedAnswer(to: "ZMSCORE") }
            for ((id, until), termination) in zip(zip(part, scores[0]), scores[1]) {
                guard let until = until.double.map(Date.init(timeIntervalSince1970:)), until > now else { continue }
                found[id] = Revocation(id: id, terminate: termination.double != nil, until: until)
            }
        }
        return found
    }

    private static func question(_ key: String, _ ids: ArraySlice<TaskID>) -> RESPCommand {
        var command = RESPCommand("ZMSCORE", key)
        command.append(contentsOf: ids.map(\.rawValue))
        return command
    }
}
