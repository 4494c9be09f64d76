package import CeleriacCore

/// A part of a chord in the form of its row.
package struct StoredPart: Sendable {
    /// A part without a place comes after all parts that have one.
    package let place: Int64
    package let id: String
    package let state: TaskState
    package let result: [UInt8]

    private static let noPlace = Int64.max

    package init(_ report: ChordReport) {
        place = report.index.map(Int64.init) ?? Self.noPlace
        id = report.id.rawValue
        (state, result) =
            switch report.result {
            case .success(let text): (.success, text)
            case .failure(let failure): (.failure, failure.json)
            case .revoked(let failure): (.revoked, failure.json)
            }
    }

    package init(place: Int64, id: String, state: TaskState, result: [UInt8]) {
        self.place = place
        self.id = id
        self.state = state
        self.result = result
    }

    package var part: ClaimedChord.Part {
        ClaimedChord.Part(index: place == Self.noPlace ? nil : Int(place), id: TaskID(id), result: decodedResult)
    }

    private var decodedResult: ChordReport.Result {
        switch state {
        case .success: .success(result)
        case .revoked: .revoked(failure)
        default: .failure(failure)
        }
    }

    /// An unreadable failure must still fail its chord: if it were thrown, it would come back with every claim.
    private var failure: TaskFailure {
        do {
            return try TaskFailure(parsing: result, limits: .checkedBefore)
        } catch {
            return TaskFailure(type: "UnreadableFailure", message: "the failure of \(id) cannot be decoded: \(error)")
        }
    }
}
