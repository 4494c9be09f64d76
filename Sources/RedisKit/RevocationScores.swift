#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore
import RESPClient

/// The two sorted sets of revocations, which both layouts keep: until when by id, in seconds, of all revoked calls and of
/// those to be terminated.
package struct RevocationScores: Sendable {
    private let revoked: String
    private let terminated: String

    package init(revoked: String, terminated: String) {
        self.revoked = revoked
        self.terminated = terminated
    }

    /// - Returns: those of `ids` whose revocation lasts beyond `now`. Asks for 1,000 ids at a time.
    /// - Throws: ``BrokerError``, also where an error stands among the answers: nobody may take it for "not revoked".
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
