public import CeleriacCore
import Foundation
import GRDB
import StoreKit

extension SQLiteStore: ChordStore {
    public func take(_ steps: [ChordStep]) async throws {
        guard !steps.isEmpty else { return }
        let stored = steps.map(StoredChordStep.init)
        try await writer.perform(rows: stored.count) { try $0.take(stored) }
    }

    /// Claims by the machine's uptime, as for leases: a reboot ends all claims.
    public func claimChords(upTo limit: Int, lease: Duration) async throws -> [ClaimedChord] {
        let moment = moment
        // Usually there is none, and checking that does not block writers.
        guard limit > 0, try await readRecord({ try $0.hasClaimableChord(at: moment) }) else { return [] }
        let claims = try await writer.perform(rows: limit, isDurable: false, mayExpire: false) {
            try $0.claimChords(upTo: limit, lease: lease)
        }
        guard !claims.isEmpty else { return [] }
        let chords = try await inspect { db in try claims.compactMap { try db.chord(under: $0) } }
        return try chords.map { try $0.decoded() }
    }

    /// Publishes and marks the chord as launched in one transaction.
    public func launch(_ launch: ChordLaunch) async throws -> Bool {
        let stored = StoredChordLaunch(launch)
        return try await writer.perform(rows: stored.rows) { try $0.launch(stored) }
    }

    public func progress(ofChord groupID: String) async throws -> ChordProgress? {
        let moment = moment
        return try await readRecord { try $0.progress(ofChord: groupID, at: moment) }
    }
}
