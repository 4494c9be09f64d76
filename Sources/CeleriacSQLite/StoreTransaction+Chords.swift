import CeleriacCore
import Foundation

/// How far a chord is: its narrow row, which each part rewrites.
struct ChordRow {
    let number: Int64
    /// `nil` until it is opened.
    var size: Int64?
    var extensions: Int64
    var arrived: Int64
    let isLaunched: Bool
    /// Grows from one chord that becomes due to the next; `nil` = it is not.
    var due: Int64?
    var lastID: String?
    var expires: Double?

    var isComplete: Bool { size.map { arrived >= max(1, $0 + extensions) } ?? false }
}

extension StoreTransaction {
    func take(_ steps: [StoredChordStep]) throws {
        for step in steps { try take(step) }
    }

    /// Of a launched chord nothing is changed, as long as it is remembered.
    private func take(_ step: StoredChordStep) throws {
        var chord = try chordMade(for: step.groupID)
        guard !chord.isLaunched, try change(&chord, step.kind) else { return }
        if !chord.isComplete {
            chord.due = nil
        } else if chord.due == nil {
            chord.due = try nextChordDue()
        }
        try save(chord)
    }

    /// - Returns: whether there is anything to save; `false` where the step was taken before.
    private func change(_ chord: inout ChordRow, _ kind: StoredChordStep.Kind) throws -> Bool {
        switch kind {
        case .open(let size, let body, let expires):
            guard chord.size == nil else { return false }
            try insert(body, of: chord.number)
            chord.size = size
            chord.expires = expires
        case .extend(let count, let caller):
            guard try insertExtension(of: chord.number, by: caller) else { return false }
            chord.extensions += count
        case .part(let part, let expires):
            guard try insert(part, of: chord.number) else { return false }
            chord.arrived += 1
            chord.lastID = part.id
            chord.expires = expires
        }
        return true
    }

    // MARK: Rows

    private func chordMade(for group: String) throws -> ChordRow {
        if let found = try chord(of: group) {
            if found.expires.map({ $0 > now.timeIntervalSinceReferenceDate }) ?? true { return found }
            // Its time is over, though nobody has swept it: this is another one.
            try deleteChord(found.number)
        }
        var add = try connection.use(ChordSQL.add)
        add.bind(group)
        try add.run()
        return ChordRow(number: lastInsertedNumber, extensions: 0, arrived: 0, isLaunched: false)
    }

    private func chord(of group: String) throws -> ChordRow? {
        var find = try connection.use(ChordSQL.find)
        find.bind(group)
        guard try find.step() else { return nil }
        return ChordRow(
            number: find.int(0), size: find.isNull(1) ? nil : Int64(find.count(1)),
            extensions: Int64(find.count(2)), arrived: Int64(find.count(3)),
            isLaunched: find.int(4) == 1, due: find.optionalInt(5), lastID: find.optionalText(6),
            expires: find.optionalDouble(7))
    }

    private func save(_ chord: ChordRow) throws {
        var save = try connection.use(ChordSQL.save)
        save.bind(chord.number)
        save.bind(chord.size)
        save.bind(chord.extensions)
        save.bind(chord.arrived)
        save.bind(chord.due)
        save.bind(chord.lastID)
        save.bind(chord.expires)
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
