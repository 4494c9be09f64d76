import CeleriacCore
import Foundation
import GRDB
import StoreKit

/// A claimed chord as stored in the file. Its claimer decodes it, off the reading connection.
struct StoredChord: Sendable {
    let groupID: String
    let claim: Int64
    let size: Int
    let lastID: String
    let rootID: String?
    let body: [UInt8]
    let header: [UInt8]?
    let parts: [StoredPart]

    /// - Throws: ``JSONError`` if the header cannot be read.
    func decoded() throws -> ClaimedChord {
        ClaimedChord(
            groupID: groupID, claim: String(claim), size: size, body: body, rootID: rootID.map { TaskID($0) },
            lastID: TaskID(lastID), header: try header.map { try CanvasResult(parsing: $0) }, parts: parts.map(\.part))
    }
}

extension Database {
    func hasClaimableChord(at moment: Moment) throws -> Bool {
        var find = try use(ChordSQL.claimable, at: moment)
        find.bind(moment.wallClock)
        find.bind(Int64(1))
        return try find.step()
    }

    /// The chord under a claim; `nil` if the claim is lost.
    func chord(under claim: ChordClaim) throws -> StoredChord? {
        var find = try use(ChordSQL.claimed)
        find.bind(claim.chord)
        find.bind(claim.token)
        guard try find.step() else { return nil }
        return StoredChord(
            groupID: find.text(0), claim: claim.token, size: find.count(1), lastID: find.text(2),
            rootID: find.optionalText(3), body: find.bytes(4), header: find.optionalBytes(5),
            parts: try parts(of: claim.chord))
    }

    private func parts(of chord: Int64) throws -> [StoredPart] {
        var find = try use(ChordSQL.parts)
        find.bind(chord)
        var parts: [StoredPart] = []
        while try find.step() { parts.append(StoredPart(find)) }
        return parts
    }

    func progress(ofChord group: String, at moment: Moment) throws -> ChordProgress? {
        var find = try use(ChordSQL.progress)
        find.bind(group)
        find.bind(moment.wallClock)
        guard try find.step() else { return nil }
        return ChordProgress(
            size: find.isNull(0) ? nil : find.count(0), arrived: find.count(1), isLaunched: find.int(2) == 1)
    }
}
