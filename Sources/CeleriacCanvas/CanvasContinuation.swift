package import CeleriacCore

/// How a call has ended, as far as what follows goes.
package enum CanvasOutcome: Sendable, Hashable {
    /// With its result, JSON text.
    case success(result: [UInt8])
    case failure(TaskFailure)
    /// Revoked, expired or terminated: the callbacks, the errbacks and the rest of the chain are left alone, as in Celery.
    case revoked(TaskFailure)
    /// It leaves nothing behind: ignored, rejected, to be tried again, or replaced by another call of the same id.
    case ignored
}

/// A call that has ended, and what it carried.
package struct FinishedCall: Sendable, Hashable {
    package var headers: MessageHeaders
    package var embed: CanvasEmbed
    /// The priority of what follows, if it inherits one: Celery's `task_inherit_parent_priority`. Default `nil`.
    package var inheritedPriority: CallPriority?

    package init(headers: MessageHeaders, embed: CanvasEmbed, inheritedPriority: CallPriority? = nil) {
        self.headers = headers
        self.embed = embed
        self.inheritedPriority = inheritedPriority
    }

    package var id: TaskID { headers.id }
    /// The root of what follows.
    package var rootID: TaskID { headers.rootID ?? headers.id }

    /// Where what follows is sent.
    ///
    /// Its calls inherit the stamps, so that who revokes by them finds all.
    func surroundings(like others: CanvasSurroundings) -> CanvasSurroundings {
        var surroundings = others
        surroundings.rootID = rootID
        surroundings.parentID = id
        surroundings.stamps = headers.extra["stamps"]?.objectValue ?? [:]
        return surroundings
    }

    /// The options of what follows.
    var given: CanvasOptions {
        var given = CanvasOptions()
        given.rootID = rootID
        given.parentID = id
        given.priority = inheritedPriority
        return given
    }

    /// Deterministic, so that a call that ends twice is followed by the same calls: see ``CanvasIDs/derived(from:for:)``.
    ///
    /// A call that has been replaced ends once for each call that took its place, so their number is part of the purpose.
    func ids(for purpose: String) -> CanvasIDs {
        let nesting = headers.replacedTaskNesting
        return .derived(from: id, for: nesting == 0 ? purpose : "\(purpose)-\(nesting)")
    }
}

/// What follows from the end of a call. Pure.
///
/// Carry it out in this order, as Celery does: on success publish, then store the result, then report the part; on failure
/// store it, report the part, fail the others, then publish. A store that does all in one transaction need not care.
/// Source: `celery/app/trace.py`, `celery/backends/base.py` (`mark_as_done`, `mark_as_failure`, `mark_as_revoked`).
package struct CanvasContinuation: Sendable, Hashable {
    /// Callbacks and the next step, or errbacks.
    package var plan = CanvasPlan()
    /// What it reports to the chord that it is in the header of, and what others report that fail with it.
    package var parts: [ChordPart] = []
    /// The calls that will never be made, and get the same failure.
    package var failed: [FailedCall] = []

    package init() {}

    /// - Parameters:
    ///   - call: that has ended.
    ///   - others: where and when; its root, parent and stamps are the call's.
    /// - Throws: ``CeleriacError`` as ``CanvasExpansion/plan(_:partial:given:)`` does. What the call carried then makes no
    ///   sense; Celery fails the call with the error.
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

    /// As Celery sends them: groups one by one, and several others as one group.
    private static func grouped(_ callbacks: [CanvasSignature]) -> [CanvasSignature] {
        guard callbacks.count > 1 else { return callbacks }
        let others = callbacks.filter { !$0.isGroup }
        return callbacks.filter(\.isGroup) + (others.isEmpty ? [] : [.group(others)])
    }
}

/// A call that was never made, and fails since one before it has.
package struct FailedCall: Sendable, Hashable {
    package var id: TaskID
    package var task: TaskName?
    package var groupID: String?
    package var failure: TaskFailure

    package init(id: TaskID, task: TaskName? = nil, groupID: String? = nil, failure: TaskFailure) {
        self.id = id
        self.task = task
        self.groupID = groupID
        self.failure = failure
    }
}
