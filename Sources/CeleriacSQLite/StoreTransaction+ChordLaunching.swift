import CeleriacCore
import Foundation
import StoreKit

/// A claim on a chord, valid as long as the chord's row has this token.
struct ChordClaim: Sendable {
    let chord: Int64
    let token: Int64
}

extension StoreTransaction {
    func claimChords(upTo limit: Int, lease: Duration) throws -> [ChordClaim] {
        var find = try connection.use(ChordSQL.claimable, at: moment)
        find.bind(moment.wallClock)
        find.bind(Int64(limit))
        var claims: [ChordClaim] = []
        while try find.step() { claims.append(ChordClaim(chord: find.int(0), token: tokens.next())) }
        for claim in claims { try insert(claim, until: uptime + lease) }
        return claims
    }

    private func insert(_ claim: ChordClaim, until end: Duration) throws {
        var update = try connection.use(ChordSQL.claim)
        update.bind(claim.chord)
        update.bind(claim.token)
        update.bind(boot)
        update.bind(end.microseconds)
        try update.run()
    }

    /// - Returns: whether the claim still held; if not, nothing was done. A lapsed claim holds until somebody else
    ///   claims the chord.
    func launch(_ launch: StoredChordLaunch) throws -> Bool {
        guard let token = launch.claim, let chord = try end(token, of: launch.groupID) else { return false }
        try deleteContents(of: chord)
        if !launch.publications.isEmpty { _ = try publish(launch.publications) }
        for change in launch.changes { try record(change) }
        try take(launch.steps)
        return true
    }

    /// Marks the chord as launched: the fence before everything that a launch does.
    private func end(_ token: Int64, of group: String) throws -> Int64? {
        var launch = try connection.use(ChordSQL.launch)
        launch.bind(group)
        launch.bind(token)
        launch.bind(now.timeIntervalSinceReferenceDate)
        guard try launch.step() else { return nil }
        let chord = launch.int(0)
        try launch.run()
        return chord
    }

    // MARK: Forgetting

    /// - Returns: the number of chords that were deleted.
    func deleteExpiredChords(upTo limit: Int) throws -> Int {
        var find = try connection.use(ChordSQL.expired)
        find.bind(now.timeIntervalSinceReferenceDate)
        find.bind(Int64(limit))
        var expired: [Int64] = []
        while try find.step() { expired.append(find.int(0)) }
        for chord in expired { try deleteChord(chord) }
        return expired.count
    }

    func deleteChord(_ chord: Int64) throws {
        try deleteContents(of: chord)
        var delete = try connection.use(ChordSQL.delete)
        delete.bind(chord)
        try delete.run()
    }

    private func deleteContents(of chord: Int64) throws {
        for sql in ChordSQL.deleteContents {
            var delete = try connection.use(sql)
            delete.bind(chord)
            try delete.run()
        }
    }

    private var moment: Moment { Moment(now: now, uptime: uptime, boot: boot) }
}
