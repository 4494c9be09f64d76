import CeleriacCore
import Foundation

/// A step of a chord whose parts are encoded.
struct StoredChordStep: Sendable {
    enum Kind: Sendable {
        case open(size: Int64, StoredChordBody, expires: Double?)
        case extend(count: Int64, by: String)
        case part(StoredPart, expires: Double?)
    }

    let groupID: String
    let kind: Kind

    init(_ step: ChordStep) {
        switch step {
        case .open(let opening):
            groupID = opening.groupID
            kind = .open(
                size: Int64(opening.size), StoredChordBody(opening),
                expires: opening.expires?.timeIntervalSinceReferenceDate)
        case .extend(let group, let count, let caller):
            groupID = group
            kind = .extend(count: Int64(count), by: caller.rawValue)
        case .part(let report):
            groupID = report.groupID
            kind = .part(StoredPart(report), expires: report.expires?.timeIntervalSinceReferenceDate)
        }
    }
}

/// What a chord needs to be launched, beside its parts. A part brings its own copy of the body, which is not kept: no chord
/// is due before its opening has brought it.
struct StoredChordBody: Sendable {
    let rootID: String?
    let body: [UInt8]
    let header: [UInt8]?

    init(_ opening: ChordOpening) {
        rootID = opening.rootID?.rawValue
        body = opening.body
        header = opening.header?.json
    }
}

/// A part as its row holds it.
struct StoredPart: Sendable {
    /// Where it has no place, behind all that have one.
    let place: Int64
    let id: String
    let state: TaskState
    let result: [UInt8]

    private static let noPlace = Int64.max

    init(_ report: ChordReport) {
        place = report.index.map(Int64.init) ?? Self.noPlace
        id = report.id.rawValue
        (state, result) =
            switch report.result {
            case .success(let text): (.success, text)
            case .failure(let failure): (.failure, failure.json)
            case .revoked(let failure): (.revoked, failure.json)
            }
    }

    /// Reads place, id, state and result.
    init(_ row: borrowing PreparedStatement) {
        place = row.int(0)
        id = row.text(1)
        state = TaskState(row.text(2))
        result = row.bytes(3)
    }

    var part: ClaimedChord.Part {
        ClaimedChord.Part(index: place == Self.noPlace ? nil : Int(place), id: TaskID(id), result: decodedResult)
    }

    private var decodedResult: ChordReport.Result {
        switch state {
        case .success: .success(result)
        case .revoked: .revoked(failure)
        default: .failure(failure)
        }
    }

    /// One that cannot be read fails its chord all the same: thrown, it would come back with every claim.
    private var failure: TaskFailure {
        do {
            return try TaskFailure(parsing: result, limits: .checkedBefore)
        } catch {
            return TaskFailure(type: "UnreadableFailure", message: "the failure of \(id) cannot be read: \(error)")
        }
    }
}

/// A launch whose parts are encoded.
struct StoredChordLaunch: Sendable {
    let groupID: String
    /// `nil` where it is no claim of this store's.
    let claim: Int64?
    let publications: [StoredPublication]
    let changes: [StoredChange]
    let steps: [StoredChordStep]

    init(_ launch: ChordLaunch) {
        groupID = launch.groupID
        claim = Int64(launch.claim)
        publications = launch.publications.map(StoredPublication.init)
        changes = launch.changes.map(StoredChange.init)
        steps = launch.steps.map(StoredChordStep.init)
    }

    /// Roughly how many it writes.
    var rows: Int { 1 + publications.count + changes.count + steps.count }
}
