extension CanvasExpansion {
    /// Each call of the header is sent with the frozen body; where none will report a part, the body is sent at once, with an
    /// empty list.
    mutating func publishChord(
        _ signature: CanvasSignature, _ chord: CanvasChord, _ partial: EncodedArguments, given: CanvasOptions
    ) throws -> CanvasResult? {
        let chord = signature.withLinksInBody(chord)
        guard var body = chord.body else { return nil }
        var options = signature.options.without(["link", "link_error"]).overridden(by: given)
        let delay = options.takeDelay()
        // An id of its own is the header's once it is frozen, and until then the one wanted for the result.
        let isFrozen = body.id != nil
        let wanted = isFrozen ? nil : options.id
        let groupID = chord.headerOptions?.id ?? (isFrozen ? options.id : nil) ?? ids.next()
        // The group that the body is a part of stays: a chord may wait for it.
        body.options = body.options.overridden(by: options.without(["task_id", "parent_id"]), except: ["group_id"])
        let bodyRole = CanvasRole(id: wanted, groupID: groupID.rawValue, rootID: body.options.rootID)
        let (frozenBody, bodyResult) = try freeze(body, as: bodyRole)

        var passed = (chord.headerOptions ?? CanvasOptions()).overridden(by: options)
            .without(["chain", "chord", "task_id", "group_index", "link", "link_error"])
        passed.groupID = groupID.rawValue
        passed = passed.overridden(by: delay)
        let members = try CanvasSignature.flattened(headerMembers(of: chord))
        let header = try freezeHeader(members, groupID, frozenBody, rootID: body.options.rootID)
        var result = bodyResult
        result?.append(parent: header.result)
        if header.size > 0 {
            plan.chords.append(
                OpenedChord(
                    groupID: groupID.rawValue, size: header.size, body: frozenBody, bodyID: bodyResult?.id,
                    header: header.result))
        } else {
            _ = try publish(frozenBody, EncodedArguments(result: Array("[]".utf8)), given: CanvasOptions())
        }
        let start = try EncodedArguments(argsText: EncodedArguments.none.args, kwargsText: chord.kwargs)
            .applying(signature.isImmutable ? .none : partial)
        for member in header.members { _ = try publish(member, start, given: passed) }
        return result
    }

    /// The header's errbacks and links, where it is a group of its own, are its members'.
    private func headerMembers(of chord: CanvasChord) -> [CanvasSignature] {
        guard let options = chord.headerOptions else { return chord.header }
        let group = CanvasSignature.group(chord.header, options: options).withMembersFailing()
        guard case .group(let members) = group.work else { return chord.header }
        return members
    }

    private struct Header {
        var members: [CanvasSignature] = []
        var size = 0
        var result: CanvasResult
    }

    private mutating func freezeHeader(
        _ members: [CanvasSignature], _ groupID: TaskID, _ body: CanvasSignature, rootID: TaskID?
    ) throws -> Header {
        var header = Header(result: CanvasResult(groupID, members: []))
        var results: [CanvasResult] = []
        for (index, member) in members.enumerated() {
            let role = CanvasRole(groupID: groupID.rawValue, groupIndex: index, chord: body, rootID: rootID)
            let (frozen, result) = try freeze(member, as: role)
            header.members.append(frozen)
            header.size += frozen.partCount
            if let result { results.append(result) }
        }
        header.result.members = results
        return header
    }
}

extension CanvasSignature {
    /// How many calls report a part to the chord that it is in the header of: of a chain those of its last step that has any,
    /// of a chord those of its body. Source: `celery/canvas.py`, `_chord._descend`.
    public var partCount: Int {
        switch work {
        case .call, .map: 1
        case .chain(let steps): steps.reversed().lazy.map(\.partCount).first { $0 > 0 } ?? 0
        case .group(let members): members.reduce(0) { $0 + $1.partCount }
        case .chord(let chord): chord.body?.partCount ?? chord.header.reduce(0) { $0 + $1.partCount }
        case .chunks(_, let items, let size): (((try? JSONText.elements(of: items).count) ?? 0) + size - 1) / size
        }
    }
}

extension CanvasOptions {
    /// Takes out what delays a chord: its header waits, and not the body once more.
    fileprivate mutating func takeDelay() -> CanvasOptions {
        var delay = CanvasOptions()
        for name in ["countdown", "eta"] { delay.values[name] = values.removeValue(forKey: name) }
        return delay
    }
}
