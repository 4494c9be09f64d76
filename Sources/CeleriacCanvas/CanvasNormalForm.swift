import CeleriacCore

/// The normal form in which a canvas is sent: equivalent canvases have one form here.
///
/// A chain contains no chain, no empty group, and no step after a group: a group followed by a step becomes the header
/// of a chord with that step as its body. A group contains no group. Source: `celery/canvas.py`,
/// `_chain.prepare_steps`, `_chord._unroll_body`, `group._freeze_unroll`. Unlike in Celery, a nested group's members
/// keep their order.
extension CanvasSignature {
    /// The steps of a chain, each of which waits for the one before.
    ///
    /// The chain's callbacks are moved to the last step and its errbacks to each step; the same applies to nested
    /// chains.
    func steps() throws -> [CanvasSignature] {
        guard case .chain(let tasks) = work else { return [self] }
        var steps: [CanvasSignature] = []
        for task in tasks { try task.unroll(into: &steps) }
        let filled = steps.filter { !$0.isEmptyGroup }
        steps = filled.isEmpty ? Array(steps.prefix(1)) : filled
        steps = Self.withChords(steps)
        if let last = steps.indices.last {
            for link in options.links { steps[last] = steps[last].linked(to: link) }
        }
        for errback in options.errbacks {
            for place in steps.indices { steps[place] = steps[place].failing(to: errback) }
        }
        return steps
    }

    /// Nested chains are spliced in, a group of one member becomes that member, and chunks become a group.
    private func unroll(into steps: inout [CanvasSignature]) throws {
        switch work {
        case .chain: steps += try self.steps()
        case .group, .chunks: try grouped().unrollGroup(into: &steps)
        case .chord(let chord): try unroll(chord, into: &steps)
        case .call, .map: steps.append(self)
        }
    }

    private func unrollGroup(into steps: inout [CanvasSignature]) throws {
        guard case .group(let members) = work else { return }
        guard members.count == 1, var only = members.first else { return steps.append(self) }
        for link in options.links { only = only.linked(to: link) }
        for errback in options.errbacks { only = only.linkedOnError(to: errback) }
        try only.unroll(into: &steps)
    }

    /// A chord whose body is a chain becomes a chord with the chain's first step as its body, followed by the other
    /// steps; otherwise each call of the header would carry all of them.
    private func unroll(_ chord: CanvasChord, into steps: inout [CanvasSignature]) throws {
        guard let body = chord.body, !body.isNothing else { return try grouped().unrollGroup(into: &steps) }
        guard case .chain = body.work else { return steps.append(self) }
        var tail = try (withLinksInBody(chord).body ?? body).steps()
        guard var first = tail.first else { return steps.append(self) }
        first.options = first.options.overridden(by: body.options.without(CanvasOptions.ofChains))
        tail.removeFirst()
        var led = self
        led.options = options.without(["link", "link_error"])
        led.work = .chord(
            CanvasChord(header: chord.header, headerOptions: chord.headerOptions, body: first, kwargs: chord.kwargs))
        steps.append(led)
        steps += tail
    }

    /// Moves a chord's own links and errbacks to its body.
    func withLinksInBody(_ chord: CanvasChord) -> CanvasChord {
        var chord = chord
        for link in options.links { chord.body = chord.body?.linked(to: link) }
        for errback in options.errbacks { chord.body = chord.body?.linkedOnError(to: errback) }
        return chord
    }

    /// From the end backwards, gives each group the step after it as its body.
    private static func withChords(_ steps: [CanvasSignature]) -> [CanvasSignature] {
        var folded: [CanvasSignature] = []
        for step in steps.reversed() {
            guard let next = folded.last, let chord = step.chord(before: next) else {
                folded.append(step)
                continue
            }
            folded[folded.count - 1] = chord
        }
        return folded.reversed()
    }

    /// A signature that ends in a group, with the next step as that group's body; `nil` if it does not end in a group.
    private func chord(before next: CanvasSignature) -> CanvasSignature? {
        switch work {
        case .group(let members):
            let header = CanvasChord(header: members, headerOptions: options, body: next)
            return CanvasSignature(.chord(header), isImmutable: isImmutable)
        case .chord(var chord):
            guard let body = chord.body?.chord(before: next) else { return nil }
            chord.body = body
            var longer = self
            longer.work = .chord(chord)
            return longer
        case .call, .chain, .map, .chunks: return nil
        }
    }

    /// Adds the errback of a chain to this step; a chord's body gets it too.
    private func failing(to errback: CanvasSignature) -> CanvasSignature {
        var step = self
        if case .chord(var chord) = work {
            chord.body = chord.body?.linkedOnError(to: errback)
            step.work = .chord(chord)
            return step
        }
        return linkedOnError(to: errback)
    }

    // MARK: Groups

    /// Returns chunks, or a chord without a body, as a group; anything else unchanged.
    func grouped() throws -> CanvasSignature {
        if case .chord(let chord) = work, chord.body?.isNothing ?? true {
            return CanvasSignature(.group(chord.header), options: options)
        }
        guard case .chunks(let task, let items, let asked) = work else { return self }
        let elements = try JSONText.elements(of: items)
        let size = Self.chunkSize(asked)
        let members = stride(from: 0, to: elements.count, by: size).map { start in
            CanvasSignature.starmap(task, items: JSONText.array(elements[start..<min(start + size, elements.count)]))
        }
        return CanvasSignature(.group(members), options: options)
    }

    static func chunkCount(of items: Int, _ size: Int) -> Int {
        (items + chunkSize(size) - 1) / chunkSize(size)
    }

    /// Sizes below one count as one; sizes above the largest canvas are clamped.
    static func chunkSize(_ size: Int) -> Int { max(1, Int(count: size)) }

    /// The members of a group, with nested groups replaced by their members and empty chains removed.
    static func flattened(_ members: [CanvasSignature]) throws -> [CanvasSignature] {
        var flat: [CanvasSignature] = []
        flat.reserveCapacity(members.count)
        for member in members { try member.flatten(into: &flat) }
        return flat
    }

    /// The same with indices: they restart at 0 in each nested group, as Celery numbers a group that is not a chord's
    /// header.
    static func flattenedAndNumbered(_ members: [CanvasSignature]) throws -> [(CanvasSignature, index: Int)] {
        var flat: [(CanvasSignature, index: Int)] = []
        flat.reserveCapacity(members.count)
        for (index, member) in members.enumerated() {
            guard case .group(let inner) = try member.grouped().withMembersFailing().work else {
                if !member.isNothing { flat.append((member, index)) }
                continue
            }
            flat += try flattenedAndNumbered(inner)
        }
        return flat
    }

    private func flatten(into flat: inout [CanvasSignature]) throws {
        guard case .group(let members) = try grouped().withMembersFailing().work else {
            if !isNothing { flat.append(self) }
            return
        }
        for member in members { try member.flatten(into: &flat) }
    }

    /// Moves the group's errbacks to its members.
    func withMembersFailing() -> CanvasSignature {
        guard isGroup, !(options.errbacks.isEmpty && options.links.isEmpty) else { return self }
        var group = self
        group.options = options.without(["link", "link_error"])
        for errback in options.errbacks { group = group.linkedOnError(to: errback) }
        for link in options.links { group = group.linked(to: link) }
        return group
    }

    /// Whether it is a chain without steps, which has no result.
    private var isNothing: Bool { if case .chain(let tasks) = work { tasks.allSatisfy(\.isNothing) } else { false } }
}

extension CanvasOptions {
    /// The options that a chain keeps for itself and does not pass on to its first step.
    static let ofChains: Set<String> = [
        "chord", "group_id", "group_index", "link", "link_error", "parent_id", "root_id", "task_id",
    ]
}
