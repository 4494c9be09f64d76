import CeleriacCore
import PostgresClient
import StoreKit

/// What steps of chords bring, apart from the books: bodies, callers that extend, parts.
struct ChordContents {
    private var bodies: [(chord: Int64, body: StoredChordBody)] = []
    private var callers: [(chord: Int64, caller: StoredKey, step: Int)] = []
    private var parts: [(chord: Int64, part: StoredPart, id: StoredKey, step: Int)] = []
    private var openings: Set<Int> = []

    mutating func add(_ content: StoredChordStep.Content, of chord: Int64, at step: Int, isOpen: Bool) {
        switch content {
        case .body(let body):
            if !isOpen { bodies.append((chord, body)) }
            openings.insert(step)
        case .caller(let caller): callers.append((chord, StoredKey(caller), step))
        case .part(let part): parts.append((chord, part, StoredKey(part.id), step))
        }
    }

    var requests: [Request] {
        var requests: [Request] = []
        if !bodies.isEmpty { requests.append(addingBodies) }
        if !callers.isEmpty {
            requests.append(
                Request(.addExtensions, [.ints(callers.map(\.chord)), .texts(callers.map(\.caller.key))]))
        }
        if !parts.isEmpty { requests.append(addingParts) }
        return requests
    }

    private var addingBodies: Request {
        Request(
            .addBodies,
            [
                .ints(bodies.map(\.chord)), .texts(bodies.map { $0.body.rootID.map(StoredText.column) }),
                .byteArrays(bodies.map(\.body.body)), .byteArrays(bodies.map { $0.body.header }),
            ])
    }

    private var addingParts: Request {
        Request(
            .addParts,
            [
                .ints(parts.map(\.chord)), .ints(parts.map(\.part.place)), .texts(parts.map(\.id.key)),
                .texts(parts.map { $0.id.long }), .texts(parts.map(\.part.state.rawValue)),
                .byteArrays(parts.map(\.part.result)),
            ])
    }

    private struct Part: Hashable {
        let chord: Int64
        let place: Int64
        let id: StoredKey
    }

    /// The positions of the steps whose content is new, each content once.
    func new(in answers: [PostgresRows]) throws(PostgresError) -> Set<Int> {
        var steps = openings
        var answers = answers[...]
        if !bodies.isEmpty { answers.removeFirst() }
        if !callers.isEmpty { try addNewCallers(in: answers.removeFirst(), to: &steps) }
        if !parts.isEmpty { try addNewParts(in: answers.removeFirst(), to: &steps) }
        return steps
    }

    private func addNewCallers(in rows: PostgresRows, to steps: inout Set<Int>) throws(PostgresError) {
        var new: Set<Part> = []
        for row in rows { new.insert(Part(chord: try row.int(0), place: 0, id: StoredKey(stored: try row.text(1)))) }
        for (chord, caller, step) in callers where new.remove(Part(chord: chord, place: 0, id: caller)) != nil {
            steps.insert(step)
        }
    }

    private func addNewParts(in rows: PostgresRows, to steps: inout Set<Int>) throws(PostgresError) {
        var new: Set<Part> = []
        for row in rows {
            new.insert(Part(chord: try row.int(0), place: try row.int(1), id: StoredKey(stored: try row.text(2))))
        }
        for (chord, part, id, step) in parts where new.remove(Part(chord: chord, place: part.place, id: id)) != nil {
            steps.insert(step)
        }
    }
}
