#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire

/// From what follows to what a store that counts parts takes.
extension TaskApp {
    /// Counts the parts of chords; `nil` where nothing does.
    var chords: (any ChordStore)? { results as? any ChordStore }

    private static let counters = "use memory, SQLite or Redis for results"
    static let sendsNoChords =
        "a chord (or a group with a step behind it) needs a result backend that counts its parts, and this app has none: "
        + counters
    static let lacksChords =
        "a chord is among what comes after it, and the result backend of this app, if there is one, cannot count its parts: "
        + counters

    /// The chords that begin, then the parts that are reported.
    ///
    /// - Parameter rootID: of the call that has ended.
    /// - Throws: `CeleriacError` with code `unsupported` where there are some, but nothing that counts.
    func chordSteps(of continuation: CanvasContinuation, rootID: TaskID?) throws -> [ChordStep] {
        let steps = chordSteps(opening: continuation.plan.chords) + continuation.parts.map { part($0, rootID: rootID) }
        guard steps.isEmpty || chords != nil else { throw CeleriacError(.unsupported, Self.lacksChords) }
        return steps
    }

    func chordSteps(opening chords: [OpenedChord]) -> [ChordStep] {
        let expires = resultLifetime.map(time.now.addingTimeInterval)
        return chords.map { chord in
            .open(
                ChordOpening(
                    groupID: chord.groupID, size: chord.size, body: canvasCodec.encode(chord.body),
                    rootID: chord.body.options.rootID, header: chord.isNested ? chord.header : nil, expires: expires))
        }
    }

    private func part(_ part: ChordPart, rootID: TaskID?) -> ChordStep {
        .part(
            ChordReport(
                groupID: part.groupID, index: part.index, id: part.id, result: part.result,
                body: canvasCodec.encode(part.body), rootID: part.body.options.rootID ?? rootID,
                expires: resultLifetime.map(time.now.addingTimeInterval)))
    }

    /// The record of a call that will never run.
    func change(of failed: FailedCall) -> StateChange {
        let now = time.now
        return .failed(
            failed.id, failed.task, failed.failure, at: now, expires: resultLifetime.map(now.addingTimeInterval))
    }
}
