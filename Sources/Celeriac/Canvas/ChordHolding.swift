import CeleriacCanvas

extension CanvasSignature {
    /// Whether parts must be counted for it.
    ///
    /// A group with a step of a chain behind it is a chord: its results must come together before the step can run.
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
        // Of one, a group is that one.
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
    /// Whether parts must be counted for what comes after the call.
    var holdsChord: Bool {
        chord != nil || [callbacks, errbacks, chain].contains { $0?.contains(where: \.holdsChord) ?? false }
    }

    /// Whether nothing comes after the call.
    var isEmpty: Bool {
        chord == nil && [callbacks, errbacks, chain].allSatisfy { $0?.isEmpty ?? true }
    }
}
