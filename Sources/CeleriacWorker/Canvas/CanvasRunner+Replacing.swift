import CeleriacCanvas
import CeleriacWire
import Synchronization

/// Calls that follow because the task itself asked for them.
extension CanvasRunner {
    /// Decodes text that this program has written and measured itself.
    private var ownCodec: CanvasCodec {
        CanvasCodec(json: .checkedBefore, priorities: app.publisher.canvasCodec.priorities)
    }

    /// The calls that take the place of a replaced call.
    ///
    /// - Parameter canvas: a signature, JSON text as on the wire.
    func replacement(of call: FinishedCall, by canvas: [UInt8]) throws -> CanvasContinuation {
        let signature = try ownCodec.decodeSignature(canvas)
        var continuation = CanvasContinuation()
        continuation.plan = try CanvasReplacement.plan(of: call, by: signature, in: app.publisher.canvasSurroundings())
        return continuation
    }

    /// The calls that a call has added to its chord (the one whose header it is in), and how many more parts the chord
    /// waits for. Empty for a failed attempt.
    ///
    /// - Parameter context: the attempt's; `nil` if there was none, or if it does not count.
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
