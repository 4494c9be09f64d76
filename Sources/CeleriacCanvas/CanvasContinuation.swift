package import CeleriacCore

/// How a call has ended, as far as it matters for what follows.
package enum CanvasOutcome: Sendable, Hashable {
    /// Succeeded with this result, JSON text.
    case success(result: [UInt8])
    case failure(TaskFailure)
    /// Revoked, expired or terminated: no callback, errback or next step of the chain is called, as in Celery.
    case revoked(TaskFailure)
    /// The call has no continuation: it was ignored or rejected, will be retried, or was replaced by another call of
    /// the same id.
    case ignored
}

/// A call that has ended, with its headers and embedded signatures.
package struct FinishedCall: Sendable, Hashable {
    package var headers: MessageHeaders
    package var embed: CanvasEmbed
    /// The priority of the calls that follow, if they inherit one: Celery's `task_inherit_parent_priority`. Default
    /// `nil`.
    package var inheritedPriority: CallPriority?
    /// The queue for the results of the calls that follow, if the caller of this one wants them sent to it.
    package let replyTo: String?

    package init(
        headers: MessageHeaders, embed: CanvasEmbed, inheritedPriority: CallPriority? = nil, replyTo: String? = nil
    ) {
        self.headers = headers
        self.embed = embed.answered(at: replyTo)
        self.inheritedPriority = inheritedPriority
        self.replyTo = replyTo
    }

    package var id: TaskID { headers.id }
    /// The root of the calls that follow.
    package var rootID: TaskID { headers.rootID ?? headers.id }

    /// The surroundings of the calls that follow.
    ///
    /// The calls inherit the stamps, so that revoking by stamps reaches all of them.
    func surroundings(like others: CanvasSurroundings) -> CanvasSurroundings {
        var surroundings = others
        surroundings.rootID = rootID
        surroundings.parentID = id
        surroundings.replyTo = replyTo ?? others.replyTo
        surroundings.stamps = headers.extra["stamps"]?.objectValue ?? [:]
        return surroundings
    }

    /// The options of the calls that follow.
    var given: CanvasOptions {
        var given = CanvasOptions()
        given.rootID = rootID
        given.parentID = id
        given.priority = inheritedPriority
        return given
    }

    /// Deterministic, so that a call that ends twice is followed by the same calls: see
    /// ``CanvasIDs/derived(from:for:)``.
    ///
    /// A replaced call ends once for each call that took its place, so the number of replacements is part of the
    /// purpose.
    func ids(for purpose: String) -> CanvasIDs {
        let nesting = headers.replacedTaskNesting
        return .derived(from: id, for: nesting == 0 ? purpose : "\(purpose)-\(nesting)")
    }
}

/// The calls and reports that follow from the end of a call. Pure.
///
/// Carry it out in this order, as Celery does. On success: publish, store the result, report the part. On failure:
/// store the failure, report the part, fail the other calls, publish. A store that does all of this in one transaction
/// can ignore the order.
/// Source: `celery/app/trace.py`, `celery/backends/base.py` (`mark_as_done`, `mark_as_failure`, `mark_as_revoked`).
package struct CanvasContinuation: Sendable, Hashable {
    /// Callbacks and the next step, or errbacks.
    package var plan = CanvasPlan()
    /// The call's report to the chord whose header contains it, and the reports of other calls that fail with it.
    package var parts: [ChordPart] = []
    /// The calls that will never be made; they fail with the same failure.
    package var failed: [FailedCall] = []

    package init() {}

    /// - Parameters:
    ///   - call: the call that has ended.
    ///   - others: where and when it ended; the root, parent and stamps are taken from the call.
    /// - Throws: ``CeleriacError`` as ``CanvasExpansion/plan(_:partial:given:)`` does, if a signature that the call
    ///   carried is invalid; Celery fails the call with the error.
    package init(
        of call: FinishedCall, _ outcome: CanvasOutcome, in others: CanvasSurroundings,
        limits: CanvasLimits = CanvasLimits()
    ) throws {
        switch outcome {
        case .success(let result):
            parts = call.part(.success(result)).map { [$0] } ?? []
            try publish(after: call, result, in: others, limits)
        case .failure(let failure):
            parts = call.part(.failure(failure)).map { [$0] } ?? []
            fail(call.embed.chain ?? [], failure)
            try callErrbacks(
                call.embed.errbacks ?? [], for: call.id, root: call.rootID, ids: call.ids(for: "errbacks"),
                in: call.surroundings(like: others), limits)
        case .revoked(let failure): parts = call.part(.revoked(failure)).map { [$0] } ?? []
        case .ignored: break
        }
    }

    // MARK: Success

    private mutating func publish(
        after call: FinishedCall, _ result: [UInt8], in others: CanvasSurroundings, _ limits: CanvasLimits
    ) throws {
        let arguments = EncodedArguments(result: result)
        var expansion = CanvasExpansion(
            ids: call.ids(for: "callbacks"), in: call.surroundings(like: others), limits: limits)
        for callback in call.embed.callbacks.map(Self.grouped) ?? [] {
            plan.add(try expansion.plan(callback, partial: arguments, given: call.given))
        }
        guard let chain = call.embed.chain, let next = chain.last else { return }
        var given = call.given
        given.chain = chain.dropLast()
        expansion = CanvasExpansion(ids: call.ids(for: "chain"), in: call.surroundings(like: others), limits: limits)
        plan.add(try expansion.plan(next, partial: arguments, given: given))
    }

    /// Groups the callbacks as Celery sends them: groups one by one, and several other callbacks as one group.
    private static func grouped(_ callbacks: [CanvasSignature]) -> [CanvasSignature] {
        guard callbacks.count > 1 else { return callbacks }
        let others = callbacks.filter { !$0.isGroup }
        return callbacks.filter(\.isGroup) + (others.isEmpty ? [] : [.group(others)])
    }
}

/// A call that was never made and fails because an earlier call has failed.
package struct FailedCall: Sendable, Hashable {
    package var id: TaskID
    package var task: TaskName?
    package var groupID: String?
    package var failure: TaskFailure
    /// The queue for its result, if its signature names one.
    package var replyTo: String?

    package init(
        id: TaskID, task: TaskName? = nil, groupID: String? = nil, failure: TaskFailure, replyTo: String? = nil
    ) {
        self.id = id
        self.task = task
        self.groupID = groupID
        self.failure = failure
        self.replyTo = replyTo
    }
}
