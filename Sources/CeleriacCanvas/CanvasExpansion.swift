package import CeleriacCore

/// Takes a canvas apart into the messages to publish and the chords to open. Pure.
///
/// Ids are given first ("freezing"), so that each call knows what comes after it; then each call that can start at once becomes
/// a message, which carries the rest. Costs time linear in the canvas, times how deep groups and chains lie in each other.
/// Source: `celery/canvas.py`, `freeze`, `run` and `apply_async` of each kind.
///
/// ```swift
/// var expansion = CanvasExpansion(ids: .random, in: CanvasSurroundings(now: now))
/// let plan = try expansion.plan(report)
/// ```
package struct CanvasExpansion: Sendable {
    package let surroundings: CanvasSurroundings
    package let limits: CanvasLimits
    var ids: CanvasIDs
    var plan = CanvasPlan()

    package init(ids: CanvasIDs, in surroundings: CanvasSurroundings, limits: CanvasLimits = CanvasLimits()) {
        self.ids = ids
        self.surroundings = surroundings
        self.limits = limits
    }

    /// Expands a canvas.
    ///
    /// - Parameters:
    ///   - partial: arguments for what starts first: of a chain its first step, of a group each member, of a chord each call of
    ///     the header. Positional ones go in front; immutable signatures leave them out.
    ///   - given: options that override the canvas's own.
    /// - Returns: an empty plan for an empty chain or group.
    /// - Throws: ``CeleriacError`` with code `tooLarge` beyond the ``CanvasLimits``, `invalidArguments` where arguments are no
    ///   JSON or an option makes no sense, `invalidName` where a queue's name is none.
    package mutating func plan(
        _ canvas: CanvasSignature, partial: EncodedArguments = .none, given: CanvasOptions = CanvasOptions()
    ) throws -> CanvasPlan {
        try limits.check(canvas)
        plan = CanvasPlan()
        if let result = try publish(canvas, partial, given: given) { plan.results.append(result) }
        return plan
    }

    /// Publishes what can start now.
    ///
    /// - Returns: `nil` where there was nothing to publish.
    mutating func publish(
        _ signature: CanvasSignature, _ partial: EncodedArguments, given: CanvasOptions
    ) throws -> CanvasResult? {
        let signature = try signature.grouped()
        switch signature.work {
        case .call, .map: return try publishCall(signature, partial, given: given)
        case .chain: return try publishChain(signature, partial, given: given)
        case .group: return try publishGroup(signature, partial, given: given)
        case .chord(let chord): return try publishChord(signature, chord, partial, given: given)
        case .chunks: return nil  // They are a group.
        }
    }

    // MARK: Chains

    /// The first step is sent with the frozen rest, the last step first.
    private mutating func publishChain(
        _ chain: CanvasSignature, _ partial: EncodedArguments, given: CanvasOptions
    ) throws -> CanvasResult? {
        let options = chain.options.overridden(by: given)
        let (frozen, result) = try freezeSteps(
            of: chain,
            as: CanvasRole(
                id: options.id, groupID: options.groupID, groupIndex: options.groupIndex, chord: options.chord,
                rootID: options.rootID))
        guard var rest = frozen, let first = rest.popLast() else { return nil }
        var passed = options.without(CanvasOptions.ofChains)
        passed.rootID = options.rootID
        passed.parentID = options.parentID
        // What was to come after this chain comes after its own steps.
        passed.chain = (options.chain ?? []) + rest
        let start = chain.isImmutable ? .none : partial
        let only = try publish(first, start, given: passed)
        return rest.isEmpty ? only : result
    }

    // MARK: Groups

    private mutating func publishGroup(
        _ group: CanvasSignature, _ partial: EncodedArguments, given: CanvasOptions
    ) throws -> CanvasResult? {
        let group = group.withMembersFailing()
        guard case .group(let members) = group.work else { return nil }
        var options = group.options.merging(given)
        let id = options.id ?? ids.next()
        options.id = nil
        options.groupIndex = nil
        options.groupID = id.rawValue
        var results: [CanvasResult] = []
        for (member, index) in try CanvasSignature.flattenedAndNumbered(members) {
            let role = CanvasRole(groupID: id.rawValue, groupIndex: index, rootID: options.rootID)
            let (frozen, result) = try freeze(member, as: role)
            _ = try publish(frozen, partial, given: options.withoutChord(unless: frozen))
            if let result { results.append(result) }
        }
        // A group of one chain that ends in a group is as good as that group.
        if results.count == 1, results[0].members != nil { return results[0] }
        return CanvasResult(id, members: results)
    }
}

extension CanvasOptions {
    /// For a member of a group: its own chord stays where it has one.
    fileprivate func withoutChord(unless member: CanvasSignature) -> CanvasOptions {
        guard chord != nil, member.options.chord != nil else { return self }
        return without(["chord"])
    }
}
