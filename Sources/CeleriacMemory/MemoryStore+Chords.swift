public import CeleriacCore

extension MemoryStore: ChordStore {
    public func take(_ steps: [ChordStep]) async throws {
        change { ledger, now in
            for step in steps { ledger.chords.take(step, now) }
        }
    }

    public func claimChords(upTo limit: Int, lease: Duration) async throws -> [ClaimedChord] {
        change { ledger, now in ledger.chords.claim(upTo: limit, lease: lease, now) }
    }

    public func launch(_ launch: ChordLaunch) async throws -> Bool {
        change { ledger, now in ledger.launch(launch, now) }
    }

    public func progress(ofChord groupID: String) async throws -> ChordProgress? {
        change { ledger, now in ledger.chords.progress(of: groupID, now) }
    }
}

extension Ledger {
    fileprivate mutating func launch(_ launch: ChordLaunch, _ now: Moment) -> Bool {
        guard chords.finish(launch.groupID, claim: launch.claim, now) else { return false }
        for change in launch.changes { record(change, now) }
        for step in launch.steps { chords.take(step, now) }
        for publication in launch.publications { _ = publish(publication, now) }
        return true
    }
}
