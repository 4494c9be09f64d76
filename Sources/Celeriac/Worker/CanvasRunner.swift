#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire
import Logging

/// Carries a canvas on: finds what follows the end of a call that was sent with callbacks, errbacks or the rest of a chain.
///
/// ```
/// success ---> callbacks and the next step, with the result          ids derived from the call's own, so that an end that
/// failure ---> errbacks, with the id; the rest of the chain fails    is repeated is followed by the same calls
/// revoked ---> nothing, as in Celery
/// each    ---> a part of the chord whose header it is in; the last one makes the body due, see ``ChordLauncher``
/// ```
///
/// Publishes nothing itself: what follows goes to the store with the end of the call.
struct CanvasRunner: Sendable {
    let app: TaskApp

    /// What is published and recorded with the end of a call.
    struct Sequel: Sendable {
        var publications: [Publication] = []
        /// The calls that will never run.
        var failed: [StateChange] = []
        /// The parts that it reports, and the chords that it opens.
        var chordSteps: [ChordStep] = []
        /// What followed a success, for its result to tell.
        var children: [ResultNode] = []
    }

    /// What a call carries; `nil` where nothing comes after it. Looks at no more than the bytes of one that carries nothing.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`.
    func embed(of call: ReceivedCall) throws -> CanvasEmbed? {
        if call.embed == Message.emptyEmbed || call.embed.count <= 4 { return nil }
        let embed = try app.publisher.canvasCodec.decodeEmbed(call.embed)
        return embed.isEmpty ? nil : embed
    }

    /// - Parameter decision: what was decided about the call; becomes a failure where what follows makes no sense.
    /// - Returns: `nil` where nothing follows.
    func sequel(
        of decision: inout Decision, _ execution: Executor.Execution, _ delivery: Delivery
    ) async -> Sequel? {
        let embed = embed(of: execution, delivery)
        guard decision.isEnd && embed != nil || decision.replacement != nil else { return nil }
        let call = FinishedCall(headers: delivery.envelope.headers, embed: embed ?? CanvasEmbed())
        let serializer = app.serializer(of: delivery.envelope)
        do {
            return try await sequel(of: call, decision, execution.context, in: serializer)
        } catch {
            log("what follows a call makes no sense; the call fails", error, delivery)
            decision = Decision(failing: TaskFailure(error))
        }
        do {
            return try await sequel(of: call, decision, nil, in: serializer)
        } catch {
            log("what follows a failure makes no sense; nothing does", error, delivery)
            return nil
        }
    }

    /// Of what was refused, the message is read again; where it cannot be, nothing follows.
    private func embed(of execution: Executor.Execution, _ delivery: Delivery) -> CanvasEmbed? {
        guard execution.task == nil else { return execution.embed }
        guard let call = try? app.codec.decode(delivery.envelope) else { return nil }
        return try? embed(of: call)
    }

    private func sequel(
        of call: FinishedCall, _ decision: Decision, _ context: TaskContext?, in serializer: Serializer?
    ) async throws -> Sequel {
        var continuation = try continuation(of: call, decision)
        let added = try additions(to: call, decision, context)
        continuation.plan = added.plan.followed(by: continuation.plan)
        // A chord waits for what is added to it before it counts the part of who adds.
        return Sequel(
            publications: try await app.publisher.plan(continuation.plan, in: serializer),
            failed: continuation.failed.map(app.change(of:)),
            chordSteps: added.steps + (try app.chordSteps(of: continuation, rootID: call.rootID)),
            children: decision.state == .success ? continuation.plan.children : [])
    }

    private func continuation(of call: FinishedCall, _ decision: Decision) throws -> CanvasContinuation {
        if let canvas = decision.replacement { return try replacement(of: call, by: canvas) }
        return try CanvasContinuation(of: call, decision.canvasOutcome, in: app.publisher.canvasSurroundings())
    }

    private func log(_ message: Logger.Message, _ error: any Error, _ delivery: Delivery) {
        app.logger.error(
            message, metadata: ["error": "\(error)", "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)"])
    }
}

extension Decision {
    /// Of a call that has run, and fails for what it carried, or since its end cannot be written.
    init(failing failure: TaskFailure) {
        self.init(settlement: .deadLetter(reason: "\(failure)"), state: .failure, failure: failure)
    }

    /// Whether the call has succeeded, failed for good or was revoked.
    fileprivate var isEnd: Bool { settlement != nil && state.isTerminal }

    fileprivate var canvasOutcome: CanvasOutcome {
        switch state {
        case .success: .success(result: result ?? Array("null".utf8))
        case .revoked: .revoked(failure ?? .revoked(.revoked))
        default: .failure(failure ?? TaskFailure(type: "TaskFailure", message: "the call failed"))
        }
    }
}
