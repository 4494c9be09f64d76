#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension ChordStep {
    /// The body of every sample chord: a signature as it looks on the wire.
    static let body =
        #"{"task":"tests.body","args":[],"kwargs":{},"options":{"task_id":"body"},"subtask_type":null,"immutable":false}"#

    static func opening(
        _ group: String = "g", of size: Int, header: CanvasResult? = nil, at time: ManualTime
    ) -> ChordStep {
        .open(
            ChordOpening(
                groupID: group, size: size, body: Array(body.utf8), rootID: "root", header: header,
                expires: time.now.adding(.hours(24))))
    }

    static func sample(
        _ id: TaskID, in group: String = "g", index: Int? = 0, _ result: ChordReport.Result = .success(Array("7".utf8)),
        at time: ManualTime
    ) -> ChordStep {
        .part(
            ChordReport(
                groupID: group, index: index, id: id, result: result, body: Array(body.utf8), rootID: "root",
                expires: time.now.adding(.hours(24))))
    }
}

extension ChordReport.Result {
    var failure: TaskFailure? {
        switch self {
        case .success: nil
        case .failure(let failure), .revoked(let failure): failure
        }
    }
}

extension ChordStore {
    /// Takes the steps of a chord of two parts, both of which have succeeded.
    func takeWhole(_ group: String = "g", at time: ManualTime) async throws {
        try await take([
            .opening(group, of: 2, at: time), .sample("a", in: group, at: time), .sample("b", in: group, at: time),
        ])
    }

    /// Claims the only due chord; fails if no chord or several are due.
    func claimChord(file: String = #fileID, line: Int = #line) async throws -> ClaimedChord {
        let chords = try await claimChords(upTo: 10, lease: lease)
        try expect(chords.count <= 1, "\(chords.count) chords are due", file: file, line: line)
        return try require(chords.first, "a chord that is due", file: file, line: line)
    }

    /// Claims all due chords, and returns their group ids.
    func dueChords() async throws -> [String] { try await claimChords(upTo: 100, lease: lease).map(\.groupID) }
}
