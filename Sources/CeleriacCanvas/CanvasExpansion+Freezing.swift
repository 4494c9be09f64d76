import CeleriacCore

/// The role of a signature in the signature that contains it.
struct CanvasRole {
    /// The id for its result, unless it already has one.
    var id: TaskID?
    var groupID: String?
    var groupIndex: Int?
    /// The body of the chord whose header contains it.
    var chord: CanvasSignature?
    var rootID: TaskID?
}

/// Assigns ids ("freezing"). A frozen signature keeps its ids: freezing it again changes nothing.
extension CanvasExpansion {
    /// - Returns: the signature with ids, in its normal form, and its result; `nil` for an empty chain.
    mutating func freeze(
        _ signature: CanvasSignature, as role: CanvasRole
    ) throws -> (CanvasSignature, CanvasResult?) {
        var frozen = try signature.grouped()
        switch frozen.work {
        case .call, .map:
            let id = frozen.options.freeze(as: role, ids: &ids, replyTo: surroundings.replyTo)
            return (frozen, CanvasResult(id))
        case .chain:
            let (steps, result) = try freezeSteps(of: frozen, as: role)
            guard let steps else { return (frozen, nil) }
            frozen.options = frozen.options.without(["link", "link_error"])
            frozen.options.id = result?.id
            frozen.work = .chain(steps.reversed())
            return (frozen, result)
        case .group: return try freezeGroup(frozen.withMembersFailing(), as: role)
        case .chord(let chord): return try freezeChord(frozen, chord, as: role)
        case .chunks: return (frozen, nil)  // grouped() has turned them into a group.
        }
    }

    /// Freezes the steps of a chain, **the last one first**: only the last step takes the chain's own role.
    ///
    /// - Returns: no steps for an empty chain.
    mutating func freezeSteps(
        of chain: CanvasSignature, as role: CanvasRole
    ) throws -> ([CanvasSignature]?, CanvasResult?) {
        var frozen: [CanvasSignature] = []
        var result: CanvasResult?
        for step in try chain.steps().reversed() {
            let stepRole = frozen.isEmpty ? role : CanvasRole(rootID: role.rootID)
            let (signature, itsResult) = try freeze(step, as: stepRole)
            frozen.append(signature)
            guard let itsResult else { continue }
            if result == nil { result = itsResult } else { result?.append(parent: itsResult) }
        }
        return (frozen.isEmpty ? nil : frozen, result)
    }

    private mutating func freezeGroup(
        _ group: CanvasSignature, as role: CanvasRole
    ) throws -> (CanvasSignature, CanvasResult?) {
        guard case .group(let members) = group.work else { return (group, nil) }
        var frozen = group
        let id = frozen.options.id ?? ids.next()
        frozen.options.freezeGroup(id, as: role)
        var (signatures, results): ([CanvasSignature], [CanvasResult]) = ([], [])
        for (index, member) in try CanvasSignature.flattened(members).enumerated() {
            let memberRole = CanvasRole(
                groupID: role.groupID, groupIndex: index, chord: role.chord, rootID: role.rootID)
            let (signature, result) = try freeze(member, as: memberRole)
            signatures.append(signature)
            if let result { results.append(result) }
        }
        frozen.work = .group(signatures)
        return (frozen, CanvasResult(id, members: results))
    }

    /// The header does not carry the body yet; the body is added when the header is sent.
    private mutating func freezeChord(
        _ signature: CanvasSignature, _ chord: CanvasChord, as role: CanvasRole
    ) throws -> (CanvasSignature, CanvasResult?) {
        guard var body = chord.body else { return (signature, nil) }
        var (frozen, chord) = (signature, chord)
        let known = chord.ids(own: frozen.options.id)
        var headerOptions = chord.headerOptions ?? CanvasOptions()
        headerOptions.id = known.group
        let (header, headerResult) = try freezeGroup(
            .group(chord.header, options: headerOptions).withMembersFailing(), as: CanvasRole(rootID: role.rootID))
        var bodyRole = role
        bodyRole.id = role.id ?? known.wanted
        let bodyResult: CanvasResult?
        (body, bodyResult) = try freeze(body, as: bodyRole)
        frozen.options.id = header.id
        if case .group(let members) = header.work { chord.header = members }
        chord.headerOptions = header.options
        chord.body = body
        frozen.work = .chord(chord)
        var result = bodyResult
        if let headerResult { result?.append(parent: headerResult) }
        return (frozen, result)
    }
}

extension CanvasOptions {
    fileprivate mutating func freeze(as role: CanvasRole, ids: inout CanvasIDs, replyTo: String?) -> TaskID {
        let id = self.id ?? role.id ?? ids.next()
        self.id = id
        if let replyTo, values["reply_to"] == nil, ignoreResult != true { self.replyTo = replyTo }
        if let root = role.rootID { rootID = root }
        if let group = role.groupID, groupID == nil { groupID = group }
        if let body = role.chord { chord = body }
        if let index = role.groupIndex { groupIndex = index }
        return id
    }

    fileprivate mutating func freezeGroup(_ id: TaskID, as role: CanvasRole) {
        self.id = id
        if let group = role.groupID { groupID = group }
        if let body = role.chord { chord = body }
        if let index = role.groupIndex { groupIndex = index }
        // As in Celery, null values are written too.
        if values["root_id"] == nil { values["root_id"] = role.rootID.map { .string($0.rawValue) } ?? .null }
        if values["parent_id"] == nil { values["parent_id"] = .null }
    }
}
