/// What a canvas may hold that this version does not send, or not run.
enum CanvasKind: String, CaseIterable {
    case chord
}

extension CanvasSignature {
    /// Those that it holds, itself included.
    ///
    /// A group with a step of a chain behind it is a chord: its results must come together before the step can run.
    var kinds: Set<CanvasKind> {
        var kinds = options.kinds
        switch work {
        case .call, .map, .chunks: break
        case .chain(let steps):
            kinds.formUnion(steps.kinds)
            if steps.dropLast().contains(where: \.endsInGroup) { kinds.insert(.chord) }
        case .group(let members): kinds.formUnion(members.kinds)
        case .chord: kinds.insert(.chord)
        }
        return kinds
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
    fileprivate var kinds: Set<CanvasKind> {
        let kinds = (links + errbacks + (chain ?? [])).kinds
        return chord == nil ? kinds : kinds.union([.chord])
    }
}

extension CanvasEmbed {
    /// Those of all that it carries.
    var kinds: Set<CanvasKind> {
        let kinds = ((callbacks ?? []) + (errbacks ?? []) + (chain ?? [])).kinds
        return chord == nil ? kinds : kinds.union([.chord])
    }

    /// Whether nothing comes after the call.
    var isEmpty: Bool {
        chord == nil && [callbacks, errbacks, chain].allSatisfy { $0?.isEmpty ?? true }
    }
}

extension [CanvasSignature] {
    fileprivate var kinds: Set<CanvasKind> { reduce(into: []) { $0.formUnion($1.kinds) } }
}
