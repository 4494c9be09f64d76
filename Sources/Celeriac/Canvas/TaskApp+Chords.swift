#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire

/// From what follows to what a store that counts parts takes.
extension TaskApp {
    /// The chords that begin, then the parts that are reported.
    ///
    /// - Parameter rootID: of the call that has ended.
    /// - Throws: `CeleriacError` with code `unsupported` where there are some, but nothing that counts.
    func chordSteps(of continuation: CanvasContinuation, rootID: TaskID?) throws -> [ChordStep] {
        let steps = chordSteps(opening: continuation.plan.chords) + continuation.parts.map { part($0, rootID: rootID) }
        if !steps.isEmpty { _ = try backend.require(.chords) }
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
        var change = StateChange(
            id: failed.id, state: .failure, at: now, expires: resultLifetime.map(now.addingTimeInterval))
        change.failure = failed.failure
        change.task = failed.task
        return change
    }
}
