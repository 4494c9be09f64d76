package import CeleriacCore

/// The calls that fail together with a failed call.
extension CanvasContinuation {
    /// The continuation after a part of a chord has failed: the body never runs, so it fails, and so does everything
    /// that waits for it.
    ///
    /// As in Celery, if the body is a group, each member fails with the part's own failure; any other body fails with
    /// the `ChordError`. Source: `celery/backends/base.py`, `chord_error_from_stack`.
    package init(
        after join: ChordJoin.Failure, in surroundings: CanvasSurroundings, limits: CanvasLimits = CanvasLimits()
    ) throws {
        let (part, isGroup) = (join.part, join.part.body.isGroup)
        try self.init(
            failingBody: part.body, ofChord: part.groupID,
            with: isGroup ? part.failure ?? join.chordError : join.chordError, in: surroundings, limits: limits)
    }

    /// The continuation when the body of a chord can never run, for whatever reason.
    ///
    /// - Parameter groupID: the id of the header's group; the errbacks' ids are derived from it.
    package init(
        failingBody body: CanvasSignature, ofChord groupID: String, with failure: TaskFailure,
        in surroundings: CanvasSurroundings, limits: CanvasLimits = CanvasLimits()
    ) throws {
        try limits.check(body)
        fail(body, failure)
        fail(body.options.chain ?? [], failure)
        var ids = CanvasIDs.derived(from: TaskID(groupID), for: "chord-errbacks")
        // The body of the enclosing chord fails with it, and calls the errbacks that both have.
        let later = body.enclosingBody?.failingFirst.flatMap(\.errbacks) ?? []
        for (id, root, errbacks) in body.failingFirst {
            let errbacks = errbacks.filter { !later.contains($0) }
            var others = surroundings
            others.parentID = id
            others.rootID = root
            others.stamps = body.options.stamps
            ids = try callErrbacks(errbacks, for: id, root: root, ids: ids, in: others, limits)
        }
    }

    /// The rest of a chain fails with the same failure, as when Celery's worker fails it.
    ///
    /// Unlike in Celery, each member of a group fails, so that a chord that waits for the group's members counts all of
    /// them.
    mutating func fail(_ rest: [CanvasSignature], _ failure: TaskFailure) {
        for signature in rest { fail(signature, failure) }
    }

    private mutating func fail(_ signature: CanvasSignature, _ failure: TaskFailure) {
        let options = signature.options
        switch signature.work {
        case .call(let task, _): fail(options, task, failure)
        case .map(_, _, let isStarred): fail(options, isStarred ? "celery.starmap" : "celery.map", failure)
        case .chain(let steps): fail(steps, failure)
        case .group(let members): fail(members, failure)
        case .chord(let chord):
            // The header's calls are never made. Callers wait for the body, so the body fails.
            if let body = chord.body { fail(body, failure) } else { fail(chord.header, failure) }
        case .chunks: break
        }
    }

    private mutating func fail(_ options: CanvasOptions, _ task: TaskName, _ failure: TaskFailure) {
        guard let id = options.id else { return }
        failed.append(
            FailedCall(id: id, task: task, groupID: options.groupID, failure: failure, replyTo: options.replyTo))
        if let body = options.chord, let group = options.groupID {
            parts.append(
                ChordPart(groupID: group, index: options.groupIndex, id: id, result: .failure(failure), body: body))
        }
    }

    /// Calls the errbacks as ordinary calls, in one group, with the id of the failed call as an argument.
    ///
    /// Celery's worker calls an errback directly, without a message, if its function takes a request, an exception and
    /// a traceback; only Python can do that.
    @discardableResult
    mutating func callErrbacks(
        _ errbacks: [CanvasSignature], for id: TaskID, root: TaskID, ids: CanvasIDs,
        in surroundings: CanvasSurroundings,
        _ limits: CanvasLimits
    ) throws -> CanvasIDs {
        guard !errbacks.isEmpty else { return ids }
        var given = CanvasOptions()
        given.parentID = id
        given.rootID = root
        var expansion = CanvasExpansion(ids: ids, in: surroundings, limits: limits)
        let arguments = EncodedArguments(args: [.string(id.rawValue)])
        plan.add(try expansion.plan(.group(errbacks), partial: arguments, given: given))
        return expansion.ids
    }
}

extension CanvasSignature {
    typealias FailingCall = (id: TaskID, root: TaskID, errbacks: [CanvasSignature])

    /// The calls of this signature that would have started first, with the errbacks to call for each, without
    /// duplicates.
    fileprivate var failingFirst: [FailingCall] {
        switch work {
        case .call, .map: failing(with: [])
        case .chain(let steps): steps.first?.failingFirst.map { Self.adding(options.errbacks, to: $0) } ?? []
        case .group(let members): members.flatMap(\.failingFirst).map { Self.adding(options.errbacks, to: $0) }
        case .chord(let chord): chord.body?.failingFirst.map { Self.adding(options.errbacks, to: $0) } ?? []
        case .chunks: []
        }
    }

    /// The body of the chord whose header contains this signature, found through its last call; `nil` if there is no
    /// such chord.
    fileprivate var enclosingBody: CanvasSignature? {
        if let last = options.chain?.first { return last.enclosingBody }
        switch work {
        case .call, .map, .chunks: return options.chord
        case .chain(let steps): return steps.last?.enclosingBody ?? options.chord
        case .group(let members): return members.first?.enclosingBody ?? options.chord
        case .chord(let chord): return chord.body?.enclosingBody ?? options.chord
        }
    }

    private func failing(with more: [CanvasSignature]) -> [FailingCall] {
        guard let id = options.id else { return [] }
        return [Self.adding(options.errbacks, to: (id, options.rootID ?? id, more))]
    }

    private static func adding(_ errbacks: [CanvasSignature], to call: FailingCall) -> FailingCall {
        var call = call
        for errback in errbacks where !call.errbacks.contains(errback) { call.errbacks.append(errback) }
        return call
    }
}
