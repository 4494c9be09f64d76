import CeleriacCanvas
import CeleriacWire
import Synchronization

/// What follows a call since its task has asked for it.
extension CanvasRunner {
    /// For text that this program has written itself, and measured.
    private var ownCodec: CanvasCodec {
        CanvasCodec(json: .checkedBefore, priorities: app.publisher.canvasCodec.priorities)
    }

    /// What takes the place of a call that has been replaced.
    ///
    /// - Parameter canvas: a signature, JSON text as on the wire.
    func replacement(of call: FinishedCall, by canvas: [UInt8]) throws -> CanvasContinuation {
        let signature = try ownCodec.decodeSignature(canvas)
        var continuation = CanvasContinuation()
        continuation.plan = try CanvasReplacement.plan(of: call, by: signature, in: app.publisher.canvasSurroundings())
        return continuation
    }

    /// What a call has added to the chord that it is in the header of, and how much longer that waits. Nothing of an attempt
    /// that has failed.
    ///
    /// - Parameter context: of the attempt; `nil` if there was none, or it does not count.
    func additions(
        to call: FinishedCall, _ verdict: Verdict, _ context: TaskContext?
    ) throws -> (plan: CanvasPlan, steps: [ChordStep]) {
        var (plan, steps) = (CanvasPlan(), [ChordStep]())
        guard verdict.state == .success || verdict.replacement != nil, let context else { return (plan, steps) }
        for (number, text) in context.additions.withLock({ $0 }).enumerated() {
            let addition = try CanvasReplacement.addition(
                of: try ownCodec.decodeSignature(text), number: number, toChordOf: call,
                in: app.publisher.canvasSurroundings())
            plan.add(addition.plan)
            guard let first = addition.plan.results.first, addition.count > 0 else { continue }
            steps.append(.extend(groupID: addition.groupID, count: addition.count, by: first.id))
        }
        return (plan, steps)
    }
}
