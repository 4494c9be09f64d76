import CeleriacCore
import Foundation
import StoreKit

/// The narrow row of a chord, which each part rewrites.
struct ChordRow {
    let number: Int64
    var book: ChordBook
}

extension StoreTransaction {
    func take(_ steps: [StoredChordStep]) throws {
        for step in steps { try take(step) }
    }

    private func take(_ step: StoredChordStep) throws {
        var chord = try chordMade(for: step.groupID)
        guard chord.book.isOpen(to: step.count), try keep(step.content, of: chord.number) else { return }
        try chord.book.count(step.count) { try nextChordDue() }
        try save(chord)
    }

    /// - Returns: whether it is new.
    private func keep(_ content: StoredChordStep.Content, of chord: Int64) throws -> Bool {
        switch content {
        case .body(let body):
            try insert(body, of: chord)
            return true
        case .caller(let caller): return try insertExtension(of: chord, by: caller)
        case .part(let part): return try insert(part, of: chord)
        }
    }

    // MARK: Rows

    private func chordMade(for group: String) throws -> ChordRow {
        if let found = try chord(of: group) {
            guard found.book.isForgotten(at: now.timeIntervalSinceReferenceDate) else { return found }
            // It has expired but is not swept yet: this step begins another chord.
            try deleteChord(found.number)
        }
        var add = try connection.use(ChordSQL.add)
        add.bind(group)
        try add.run()
        return ChordRow(number: lastInsertedNumber, book: ChordBook())
    }

    private func chord(of group: String) throws -> ChordRow? {
        var find = try connection.use(ChordSQL.find)
        find.bind(group)
        guard try find.step() else { return nil }
        let book = ChordBook(
            size: find.isNull(1) ? nil : find.count(1), extensions: find.count(2), arrived: find.count(3),
            isLaunched: find.int(4) == 1, due: find.optionalInt(5), lastID: find.optionalText(6).map { TaskID($0) },
            expires: find.optionalDouble(7))
        return ChordRow(number: find.int(0), book: book)
    }

    private func save(_ chord: ChordRow) throws {
        var save = try connection.use(ChordSQL.save)
        save.bind(chord.number)
        save.bind(chord.book.size.map(Int64.init))
        save.bind(Int64(chord.book.extensions))
        save.bind(Int64(chord.book.arrived))
        save.bind(chord.book.due)
        save.bind(chord.book.lastID?.rawValue)
        save.bind(chord.book.expires)
        try save.run()
    }

    private func nextChordDue() throws -> Int64 {
        let find = try connection.use(ChordSQL.lastDue)
        return try find.step() ? min(find.int(0), .max - 1) + 1 : 1
    }

    private func insert(_ body: StoredChordBody, of chord: Int64) throws {
        var insert = try connection.use(ChordSQL.addBody)
        insert.bind(chord)
        insert.bind(body.rootID)
        insert.bind(body.body)
        insert.bind(body.header)
        try insert.run()
    }

    private func insertExtension(of chord: Int64, by caller: String) throws -> Bool {
        var insert = try connection.use(ChordSQL.addExtension)
        insert.bind(chord)
        insert.bind(caller)
        return try insert.run() == 1
    }

    private func insert(_ part: StoredPart, of chord: Int64) throws -> Bool {
        var insert = try connection.use(ChordSQL.addPart)
        insert.bind(chord)
        insert.bind(part.place)
        insert.bind(part.id)
        insert.bind(part.state.rawValue)
        insert.bind(part.result)
        return try insert.run() == 1
    }
}
