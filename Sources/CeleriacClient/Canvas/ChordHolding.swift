import CeleriacCanvas

extension CanvasSignature {
    /// Whether this canvas contains a chord, so that the result backend must count parts.
    ///
    /// A group that is followed by a step of a chain is a chord: its results must be collected before the step can run.
    var holdsChord: Bool {
        if options.holdsChord { return true }
        return switch work {
        case .call, .map, .chunks: false
        case .chain(let steps): steps.contains(where: \.holdsChord) || steps.dropLast().contains(where: \.endsInGroup)
        case .group(let members): members.contains(where: \.holdsChord)
        case .chord: true
        }
    }

    private var endsInGroup: Bool {
        switch work {
        case .call, .map: false
        case .chain(let steps): steps.last?.endsInGroup ?? false
        // A group with one member is the same as that member.
        case .group(let members): members.count > 1 || members.first?.endsInGroup ?? false
        case .chord, .chunks: true
        }
    }
}

extension CanvasOptions {
    fileprivate var holdsChord: Bool {
        chord != nil || (links + errbacks + (chain ?? [])).contains(where: \.holdsChord)
    }
}

extension CanvasEmbed {
    /// Whether the calls that follow contain a chord, so that the result backend must count parts.
    package var holdsChord: Bool {
        chord != nil || [callbacks, errbacks, chain].contains { $0?.contains(where: \.holdsChord) ?? false }
    }

    /// Whether nothing follows the call.
    package var isEmpty: Bool {
        chord == nil && [callbacks, errbacks, chain].allSatisfy { $0?.isEmpty ?? true }
    }
}
