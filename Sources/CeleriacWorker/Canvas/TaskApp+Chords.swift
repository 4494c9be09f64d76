#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCanvas
import CeleriacWire

/// Makes chord steps from the calls that follow the end of a call, for a store that counts parts.
extension TaskApp {
    /// Returns the steps that open chords, then the steps that report parts.
    ///
    /// - Parameter rootID: the root id of the call that has ended.
    /// - Throws: `CeleriacError` with code `unsupported` if there are steps but no store that counts parts.
    func chordSteps(of continuation: CanvasContinuation, rootID: TaskID?) throws -> [ChordStep] {
        let opened = publisher.chordSteps(opening: continuation.plan.chords)
        let steps = opened + continuation.parts.map { part($0, rootID: rootID) }
        if !steps.isEmpty { _ = try backend.require(.chords) }
        return steps
    }

    private func part(_ part: ChordPart, rootID: TaskID?) -> ChordStep {
        .part(
            ChordReport(
                groupID: part.groupID, index: part.index, id: part.id, result: part.result,
                body: publisher.canvasCodec.encode(part.body), rootID: part.body.options.rootID ?? rootID,
                expires: resultLifetime.map(time.now.addingTimeInterval)))
    }

    /// Makes the failure record of a call that will never run.
    func change(of failed: FailedCall) -> StateChange {
        let now = time.now
        var change = StateChange.failed(
            failed.id, failed.task, failed.failure, at: now, expires: resultLifetime.map(now.addingTimeInterval))
        change.replyTo = failed.replyTo
        return change
    }
}
