public import CeleriacCore
import PostgresClient
import StoreKit

extension PostgresStore: ChordStore {
    public func take(_ steps: [ChordStep]) async throws {
        guard !steps.isEmpty else { return }
        let stored = steps.map(StoredChordStep.init)
        try await transaction { try await $0.take(stored) }
    }

    public func claimChords(upTo limit: Int, lease: Duration) async throws -> [ClaimedChord] {
        guard limit > 0 else { return [] }
        let rows = try await run(
            .claimChords, .int(Int64(limit)), .int(.random(in: 1 ... .max / 2)), .int(lease.microseconds), on: .relaxed)
        guard !rows.isEmpty else { return [] }
        let numbers = try rows.map { try $0.int(0) }
        let claims = try rows.map { try $0.int(1) }
        let answers = try await run(
            [Request(.claimedChords, [.ints(numbers), .ints(claims)]), Request(.chordParts, [.ints(numbers)])],
            on: .relaxed)
        return try chords(answers[0], parts: answers[1])
    }

    private func chords(_ rows: PostgresRows, parts: PostgresRows) throws -> [ClaimedChord] {
        var partsOf: [Int64: [ClaimedChord.Part]] = [:]
        for row in parts {
            let part = StoredPart(
                place: try row.int(1), id: StoredKey.text(try row.text(2), try row.optionalText(3)),
                state: TaskState(try row.text(4)), result: try row.bytes(5))
            partsOf[try row.int(0), default: []].append(part.part)
        }
        return try rows.map { row in
            ClaimedChord(
                groupID: StoredKey.text(try row.text(2), try row.optionalText(3)), claim: String(try row.int(1)),
                size: Int(clamping: try row.int(4)), body: try row.bytes(7),
                rootID: try row.optionalText(6).map { TaskID(StoredText.text($0)) },
                lastID: TaskID(StoredText.text(try row.text(5))),
                header: try row.optionalBytes(8).map { try CanvasResult(parsing: $0) },
                parts: partsOf[try row.int(0)] ?? [])
        }
    }

    /// Publishes and marks the chord as launched in one transaction.
    public func launch(_ launch: ChordLaunch) async throws -> Bool {
        let stored = StoredChordLaunch(launch)
        guard let claim = stored.claim else { return false }
        let isLaunched = try await transaction { session in
            let rows = try await session.run(.launchChord, .text(StoredKey(stored.groupID).key), .int(claim))
            guard let chord = try rows.first?.int(0) else { return false }
            try await session.run(Session.contentDeletions(of: [chord]))
            if !stored.publications.isEmpty { _ = try await session.publish(stored.publications) }
            try await session.record(stored.changes)
            try await session.take(stored.steps)
            return true
        }
        guard isLaunched else { return false }
        announce(stored.publications)
        var wakes = Wakes()
        for change in stored.changes { wakes.add(change.id) }
        wakeUps.ring(wakes)
        return true
    }

    public func progress(ofChord groupID: String) async throws -> ChordProgress? {
        let rows = try await run(.chordProgress, .text(StoredKey(groupID).key), on: .relaxed)
        guard let row = rows.first else { return nil }
        return ChordProgress(
            size: try row.optionalInt(0).map { Int(clamping: $0) }, arrived: Int(clamping: try row.int(1)),
            isLaunched: try row.bool(2))
    }
}
