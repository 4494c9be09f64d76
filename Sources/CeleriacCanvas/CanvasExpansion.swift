package import CeleriacCore

/// Expands a canvas into the messages to publish and the chords to open. Pure.
///
/// Ids are assigned first ("freezing"), so that each call knows what follows it; then each call that can start at once
/// becomes a message, which carries the rest. The time is linear in the size of the canvas, multiplied by the nesting
/// depth of groups and chains.
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
    ///   - partial: arguments for the calls that start first: the first step of a chain, each member of a group, each
    ///     call of a chord's header. Positional ones go in front; immutable signatures ignore them.
    ///   - given: options that override the canvas's own.
    /// - Returns: an empty plan for an empty chain or group.
    /// - Throws: ``CeleriacError`` with code `tooLarge` beyond the ``CanvasLimits``, `invalidArguments` if arguments
    ///   are not JSON or an option is invalid, `invalidName` if the name of a queue is invalid.
    package mutating func plan(
        _ canvas: CanvasSignature, partial: EncodedArguments = .none, given: CanvasOptions = CanvasOptions()
    ) throws -> CanvasPlan {
        try limits.check(canvas)
        plan = CanvasPlan()
        if let result = try publish(canvas, partial, given: given) { plan.results.append(result) }
        return plan
    }

    /// Publishes the calls that can start now.
    ///
    /// - Returns: `nil` if there was nothing to publish.
    mutating func publish(
        _ signature: CanvasSignature, _ partial: EncodedArguments, given: CanvasOptions
    ) throws -> CanvasResult? {
        let signature = try signature.grouped()
        switch signature.work {
        case .call, .map: return try publishCall(signature, partial, given: given)
        case .chain: return try publishChain(signature, partial, given: given)
        case .group: return try publishGroup(signature, partial, given: given)
        case .chord(let chord): return try publishChord(signature, chord, partial, given: given)
        case .chunks: return nil  // grouped() has turned them into a group.
        }
    }

    // MARK: Chains

    /// Sends the first step with the frozen rest of the chain, whose last step comes first.
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
        // The steps that were to follow this chain follow its own steps.
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
        // A group of one chain that ends in a group has the same result as that group.
        if results.count == 1, results[0].members != nil { return results[0] }
        return CanvasResult(id, members: results)
    }
}

extension CanvasOptions {
    /// The options for a member of a group: a member that has a chord of its own keeps it.
    fileprivate func withoutChord(unless member: CanvasSignature) -> CanvasOptions {
        guard chord != nil, member.options.chord != nil else { return self }
        return without(["chord"])
    }
}
