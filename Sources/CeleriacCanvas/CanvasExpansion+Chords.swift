import CeleriacCore

extension CanvasExpansion {
    /// Sends each call of the header with the frozen body. If no call will report a part, the body is sent at once,
    /// with an empty list.
    mutating func publishChord(
        _ signature: CanvasSignature, _ chord: CanvasChord, _ partial: EncodedArguments, given: CanvasOptions
    ) throws -> CanvasResult? {
        let chord = signature.withLinksInBody(chord)
        guard let body = chord.body else { return nil }
        var options = signature.options.without(["link", "link_error"]).overridden(by: given)
        let delay = options.takeDelay()
        let known = chord.ids(own: options.id)
        let groupID = known.group ?? ids.next()
        let (frozen, bodyResult) = try freezeBody(body, options, groupID, wanted: known.wanted)
        let header = try freezeHeader(of: chord, groupID, frozen)
        if header.size > 0 {
            plan.chords.append(
                OpenedChord(
                    groupID: groupID.rawValue, size: header.size, body: frozen, bodyID: bodyResult?.id,
                    header: header.result))
        } else {
            _ = try publish(frozen, EncodedArguments(result: Array("[]".utf8)), given: CanvasOptions())
        }
        let start = try EncodedArguments(argsText: EncodedArguments.none.args, kwargsText: chord.kwargs)
            .applying(signature.isImmutable ? .none : partial)
        let passed = options.forHeader(chord.headerOptions, groupID).overridden(by: delay)
        for member in header.members { _ = try publish(member, start, given: passed) }
        var result = bodyResult
        result?.append(parent: header.result)
        return result
    }

    /// The chord's options are applied to its body. The body keeps its own group, because another chord may wait for
    /// it.
    private mutating func freezeBody(
        _ body: CanvasSignature, _ options: CanvasOptions, _ groupID: TaskID, wanted: TaskID?
    ) throws -> (CanvasSignature, CanvasResult?) {
        var body = body
        body.options = body.options.overridden(by: options.without(["task_id", "parent_id"]), except: ["group_id"])
        let role = CanvasRole(id: wanted, groupID: groupID.rawValue, rootID: body.options.rootID)
        return try freeze(body, as: role)
    }

    /// If the header is a group with options of its own, its errbacks and links are moved to its members.
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
        of chord: CanvasChord, _ groupID: TaskID, _ body: CanvasSignature
    ) throws -> Header {
        var header = Header(result: CanvasResult(groupID, members: []))
        var results: [CanvasResult] = []
        for (index, member) in try CanvasSignature.flattened(headerMembers(of: chord)).enumerated() {
            let role = CanvasRole(
                groupID: groupID.rawValue, groupIndex: index, chord: body, rootID: body.options.rootID)
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
    /// The number of calls that report a part to the chord whose header contains this signature: for a chain, those of
    /// its last step that has any; for a chord, those of its body. Source: `celery/canvas.py`, `_chord._descend`.
    package var partCount: Int {
        switch work {
        case .call, .map: 1
        case .chain(let steps): steps.reversed().lazy.map(\.partCount).first { $0 > 0 } ?? 0
        case .group(let members): members.reduce(0) { $0 + $1.partCount }
        case .chord(let chord): chord.body?.partCount ?? chord.header.reduce(0) { $0 + $1.partCount }
        case .chunks(_, let items, let size):
            CanvasSignature.chunkCount(of: (try? JSONText.elements(of: items).count) ?? 0, size)
        }
    }
}

extension CanvasChord {
    /// The ids of the header's group and of the wanted result.
    ///
    /// - Parameter own: the id in the chord's options. In a frozen chord it is the header's id, before that the id
    ///   wanted for the result.
    func ids(own: TaskID?) -> (group: TaskID?, wanted: TaskID?) {
        let isFrozen = body?.id != nil
        return (headerOptions?.id ?? (isFrozen ? own : nil), isFrozen ? nil : own)
    }
}

extension CanvasOptions {
    /// The options for each call of a chord's header: the chord's options, which override those of a header that is a
    /// group.
    fileprivate func forHeader(_ own: CanvasOptions?, _ groupID: TaskID) -> CanvasOptions {
        var passed = (own ?? CanvasOptions()).overridden(by: self)
            .without(["chain", "chord", "task_id", "group_index", "link", "link_error"])
        passed.groupID = groupID.rawValue
        return passed
    }

    /// Removes and returns the options that delay a chord: only its header is delayed, not the body again.
    fileprivate mutating func takeDelay() -> CanvasOptions {
        var delay = CanvasOptions()
        for name in ["countdown", "eta"] { delay.values[name] = values.removeValue(forKey: name) }
        return delay
    }
}
