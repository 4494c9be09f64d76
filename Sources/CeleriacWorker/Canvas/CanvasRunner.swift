#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire
import Logging

/// Continues a canvas: finds the calls that follow one with callbacks, errbacks or the rest of a chain.
///
/// ```
/// success ---> callbacks and the next step, with the result          ids derived from the call's own, so that an end that
/// failure ---> errbacks, with the id; the rest of the chain fails    is repeated is followed by the same calls
/// revoked ---> nothing, as in Celery
/// each    ---> a part of the chord whose header it is in; the last one makes the body due, see ``ChordLauncher``
/// ```
///
/// Publishes nothing itself: the calls that follow go to the store together with the end of the call.
struct CanvasRunner: Sendable {
    let app: TaskApp

    /// The canvas that a call carries; `nil` if nothing follows it. That case costs no more than a look at the bytes.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`.
    func embed(of call: ReceivedCall) throws -> CanvasEmbed? {
        if call.embed == Message.emptyEmbed || call.embed.count <= 4 { return nil }
        let embed = try app.publisher.canvasCodec.decodeEmbed(call.embed)
        return embed.isEmpty ? nil : embed
    }

    /// Returns the verdict together with the calls that follow from it.
    func next(after verdict: Verdict, _ execution: Execution, _ delivery: Delivery) async -> Continued {
        let embed = embed(of: execution, delivery)
        guard let end = CallEnd(verdict), embed != nil || verdict.replacement != nil else {
            return Continued(verdict: verdict)
        }
        // Without this, the results of callbacks would reach nobody.
        let replyTo = app.backend.replies == nil ? nil : delivery.envelope.properties.replyTo
        let call = FinishedCall(
            headers: delivery.envelope.headers, embed: embed ?? CanvasEmbed(), replyTo: replyTo)
        let serializer = app.serializer(of: delivery.envelope)
        do {
            return try await continued(call, verdict, end, execution.context, in: serializer)
        } catch {
            log("the canvas after a call is invalid; the call fails", error, delivery)
            return await failed(call, TaskFailure(error), delivery, in: serializer)
        }
    }

    private func failed(
        _ call: FinishedCall, _ failure: TaskFailure, _ delivery: Delivery, in serializer: Serializer?
    ) async -> Continued {
        let verdict = Verdict.failed(failure)
        do {
            return try await continued(call, verdict, .canvas(.failure(failure)), nil, in: serializer)
        } catch {
            log("the errbacks of a failure are invalid; none is sent", error, delivery)
            return Continued(verdict: verdict)
        }
    }

    /// Reads the message of a refused call again; nothing follows if it cannot be read.
    private func embed(of execution: Execution, _ delivery: Delivery) -> CanvasEmbed? {
        guard execution.task == nil else { return execution.embed }
        guard let call = try? app.codec.decode(delivery.envelope) else { return nil }
        return try? embed(of: call)
    }

    private func continued(
        _ call: FinishedCall, _ verdict: Verdict, _ end: CallEnd, _ context: TaskContext?,
        in serializer: Serializer?
    ) async throws -> Continued {
        var continuation = try continuation(of: call, end)
        var added = try additions(to: call, verdict, context)
        added.plan.add(continuation.plan)
        continuation.plan = added.plan
        // A chord waits for added calls before it counts the part of the call that adds them.
        let next = Ending.Next(
            publications: try await app.publisher.plan(continuation.plan, in: serializer),
            failed: continuation.failed.map(app.change(of:)),
            chordSteps: added.steps + (try app.chordSteps(of: continuation, rootID: call.rootID)))
        return Continued(
            verdict: verdict, next: next, children: verdict.state == .success ? continuation.plan.children : [])
    }

    private func continuation(of call: FinishedCall, _ end: CallEnd) throws -> CanvasContinuation {
        switch end {
        case .replaced(let canvas): try replacement(of: call, by: canvas)
        case .canvas(let outcome): try CanvasContinuation(of: call, outcome, in: app.publisher.canvasSurroundings())
        }
    }

    private func log(_ message: Logger.Message, _ error: any Error, _ delivery: Delivery) {
        app.logger.error(
            message, metadata: ["error": "\(error)", "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)"])
    }
}

/// A verdict, and the calls that follow from it.
struct Continued: Sendable {
    /// The final verdict: a failure if the calls that should follow are invalid.
    var verdict: Verdict
    /// `nil` if nothing follows.
    var next: Ending.Next?
    /// The calls that follow a success, for its result to list.
    var children: [ResultNode] = []
}

/// The end of a call, reduced to what matters for the calls that follow it.
private enum CallEnd {
    case canvas(CanvasOutcome)
    /// A canvas takes the call's place: a signature, JSON text as on the wire.
    case replaced(by: [UInt8])

    /// `nil` if the call has not ended.
    init?(_ verdict: Verdict) {
        switch verdict {
        case .done(let result): self = .canvas(.success(result: result))
        case .parked(let failure, _, _), .dropped(let failure, _): self = .canvas(.failure(failure))
        case .revoked(let failure): self = .canvas(.revoked(failure))
        case .replaced(let canvas): self = .replaced(by: canvas)
        case .again, .later, .givenBack, .repeated, .notOurs: return nil
        }
    }
}
