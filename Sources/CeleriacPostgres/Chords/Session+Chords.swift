import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

/// The narrow row of a chord, which each part rewrites.
struct ChordRow {
    let number: Int64
    var book: ChordBook
    /// The expiry as the server's clock shows it, if it has not changed since it was read.
    var stored: (expires: Date?, book: Double?)
}

extension Session {
    /// Applies steps of chords in their order. Within a transaction.
    func take(_ steps: [StoredChordStep]) async throws {
        guard !steps.isEmpty else { return }
        var chords = try await chordsMade(for: steps.map { StoredKey($0.groupID) })
        let new = try await kept(steps, chords)
        for (index, step) in steps.enumerated() where new.contains(index) {
            let key = StoredKey(step.groupID)
            guard chords[key]?.book.isOpen(to: step.count) == true else { continue }
            // The number is drawn when the row is written.
            chords[key]?.book.count(step.count) { Self.mustDraw }
        }
        try await save(Array(chords.values))
    }

    private static var mustDraw: Int64 { -1 }

    // MARK: Rows

    private func chordsMade(for groups: [StoredKey]) async throws -> [StoredKey: ChordRow] {
        let all = Set(groups).sorted { $0.key < $1.key }
        let keys = PostgresValue.texts(all.map(\.key))
        let rows = try await run([
            Request(.addChords, [keys, .texts(all.map { $0.long })]), Request(.lockChords, [keys]),
        ])[1]
        var chords: [StoredKey: ChordRow] = [:]
        for row in rows { chords[StoredKey(stored: try row.text(1))] = try chord(in: row) }
        let now = store.time.now.timeIntervalSinceReferenceDate
        let expired = chords.filter { $0.value.book.isForgotten(at: now) }
        guard !expired.isEmpty else { return chords }
        // They have expired but are not swept yet: these steps begin other chords.
        try await deleteChords(expired.values.map(\.number))
        return try await chordsMade(for: groups)
    }

    private func chord(in row: PostgresRow) throws -> ChordRow {
        let expires = try row.optionalDate(8)
        let here = store.here(expires)?.timeIntervalSinceReferenceDate
        let book = ChordBook(
            size: try row.optionalInt(2).map { Int(clamping: $0) }, extensions: Int(clamping: try row.int(3)),
            arrived: Int(clamping: try row.int(4)), isLaunched: try row.bool(5), due: try row.optionalInt(6),
            lastID: try row.optionalText(7).map { TaskID(StoredText.text($0)) }, expires: here)
        return ChordRow(number: try row.int(0), book: book, stored: (expires, here))
    }

    private func save(_ chords: [ChordRow]) async throws(PostgresError) {
        let books = chords.map(\.book)
        let expiries = chords.map { chord in
            chord.book.expires == chord.stored.book
                ? chord.stored.expires
                : store.onServer(chord.book.expires.map(Date.init(timeIntervalSinceReferenceDate:)))
        }
        try await run(
            .saveChords, .ints(chords.map(\.number)), .ints(books.map { $0.size.map(Int64.init) }),
            .ints(books.map { Int64($0.extensions) }), .ints(books.map { Int64($0.arrived) }),
            .ints(books.map { $0.due }),
            .texts(books.map { $0.lastID.map { StoredText.column($0.rawValue) } }), .dates(expiries))
    }

    // MARK: Contents

    /// Keeps the contents of steps.
    ///
    /// - Returns: the positions of those that are new. An opening always is: its chord's book says whether it counts.
    private func kept(_ steps: [StoredChordStep], _ chords: [StoredKey: ChordRow]) async throws -> Set<Int> {
        var contents = ChordContents()
        for (index, step) in steps.enumerated() {
            guard let chord = chords[StoredKey(step.groupID)], !chord.book.isLaunched else { continue }
            contents.add(step.content, of: chord.number, at: index, isOpen: chord.book.size != nil)
        }
        let requests = contents.requests
        guard !requests.isEmpty else { return [] }
        return try contents.new(in: try await run(requests))
    }

    func deleteChords(_ chords: [Int64]) async throws(PostgresError) {
        guard !chords.isEmpty else { return }
        try await run(Self.contentDeletions(of: chords) + [Request(.deleteChords, [.ints(chords)])])
    }

    static func contentDeletions(of chords: [Int64]) -> [Request] {
        [SQL.deleteChordBodies, .deleteChordExtensions, .deleteChordParts].map { Request($0, [.ints(chords)]) }
    }
}
