import CeleriacCore

/// Canvases that a running call sends in its own name. Pure.
package enum CanvasReplacement {
    /// Sends a canvas in place of a running call, which then ends as ``CanvasOutcome/ignored``.
    ///
    /// The result of the canvas has the call's id. The canvas takes over the call's callbacks, errbacks, chord and rest
    /// of chain, and increments the replacement count. A group, or a chain that ends in one, results in a list, built
    /// by Celery's task `celery.accumulate`.
    /// Source: `celery/app/task.py`, `replace`.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` if the canvas is an empty chain or already belongs to a
    ///   chord; otherwise as ``CanvasExpansion/plan(_:partial:given:)``.
    package static func plan(
        of call: FinishedCall, by canvas: CanvasSignature, in others: CanvasSurroundings,
        limits: CanvasLimits = CanvasLimits()
    ) throws -> CanvasPlan {
        guard canvas.options.chord == nil else {
            throw CeleriacError(.invalidArguments, "the call that replaces another must not be part of a chord")
        }
        try limits.check(canvas)
        let canvas = try accumulating(canvas.answered(at: call.replyTo))
        var steps = try (call.embed.errbacks ?? []).reduce(canvas) { $0.linkedOnError(to: $1) }.steps()
        guard let last = steps.popLast() else {
            throw CeleriacError(.invalidArguments, "an empty chain cannot replace a call")
        }
        let nesting = Int(count: call.headers.replacedTaskNesting + 1)
        steps.append(last.taking(over: call))
        steps = steps.map { $0.nested(nesting) }
        var given = call.given
        given.chain = call.embed.chain?.map { $0.nested(nesting) }
        var expansion = CanvasExpansion(
            ids: call.ids(for: "replace"), in: call.surroundings(like: others), limits: limits)
        return try expansion.plan(steps.count == 1 ? steps[0] : .chain(steps), given: given)
    }

    /// Adds another call to the chord whose header contains a running call.
    ///
    /// The chord then waits for `count` further parts: report `count` to the store before the call is published.
    /// Source: `celery/app/task.py`, `add_to_chord`.
    ///
    /// - Parameter number: the serial number of this addition by the running call; it makes the ids of each addition
    ///   unique.
    /// - Throws: ``CeleriacError`` with code `invalidArguments` if the call is not in a chord's header.
    package static func addition(
        of canvas: CanvasSignature, number: Int = 0, toChordOf call: FinishedCall, in others: CanvasSurroundings,
        limits: CanvasLimits = CanvasLimits()
    ) throws -> (plan: CanvasPlan, groupID: String, count: Int) {
        guard let body = call.embed.chord, let group = call.headers.group else {
            throw CeleriacError(
                .invalidArguments,
                "\(call.headers.task) is not part of a chord, so that nothing can be added to its chord")
        }
        var expansion = CanvasExpansion(
            ids: call.ids(for: "add-\(number)"), in: call.surroundings(like: others), limits: limits)
        let role = CanvasRole(
            groupID: group, groupIndex: call.headers.groupIndex, chord: body, rootID: call.headers.rootID)
        try limits.check(canvas)
        let (frozen, _) = try expansion.freeze(canvas.answered(at: call.replyTo), as: role)
        return (try expansion.plan(frozen, given: call.given), group, frozen.partCount)
    }

    /// Adds a body after the group that the canvas ends in; the body returns the list of the results.
    private static func accumulating(_ canvas: CanvasSignature) throws -> CanvasSignature {
        let steps = try canvas.steps()
        guard let last = steps.last, last.isGroup else { return canvas }
        let accumulate = CanvasSignature.call(
            "celery.accumulate", EncodedArguments(args: [], kwargs: ["index": 0]))
        return .chain(steps + [accumulate])
    }
}

extension CanvasSignature {
    /// Returns this signature with everything that depends on a call's result: its id, group and chord, and its
    /// callbacks.
    fileprivate func taking(over call: FinishedCall) -> CanvasSignature {
        var taking = self
        for link in call.embed.callbacks ?? [] { taking = taking.linked(to: link) }
        return taking.changingEnd { options in
            options.id = call.id
            options.chord = call.embed.chord
            options.groupID = call.headers.group
            options.groupIndex = call.headers.groupIndex
        }
    }

    fileprivate func nested(_ nesting: Int) -> CanvasSignature {
        changingEnd { $0.replacedTaskNesting = nesting }
    }

    /// Changes the part that produces the result: for a chord the body, not the header.
    private func changingEnd(_ change: (inout CanvasOptions) -> Void) -> CanvasSignature {
        var changed = self
        guard case .chord(var chord) = work, let body = chord.body else {
            change(&changed.options)
            return changed
        }
        chord.body = body.changingEnd(change)
        changed.work = .chord(chord)
        return changed
    }
}
