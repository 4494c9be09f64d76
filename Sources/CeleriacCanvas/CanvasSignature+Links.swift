#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// What is applied when it has ended.
extension CanvasSignature {
    /// With a callback, which gets the result as its first argument.
    ///
    /// Of a chain, its last step calls it; of a chord, its body. A group has no one result: its first member calls it, so it
    /// is made immutable, as in Celery (to get all results, make a chord). A callback that is linked already is not linked
    /// again.
    public func linked(to callback: CanvasSignature) -> CanvasSignature {
        var linked = self
        switch work {
        case .call, .map, .chain, .chunks:
            if !options.links.contains(callback) { linked.options.links.append(callback) }
        case .group(var members):
            guard let first = members.first else { return self }
            var callback = callback
            callback.isImmutable = true
            members[0] = first.linked(to: callback)
            linked.work = .group(members)
        case .chord(var chord):
            guard let body = chord.body else {
                return CanvasSignature.group(chord.header, options: options).linked(to: callback)
            }
            chord.body = body.linked(to: callback)
            linked.work = .chord(chord)
        }
        return linked
    }

    /// With an errback, which gets the failed call's id as its first argument.
    ///
    /// Of a chain, each step calls it; of a group, each member; of a chord, its body, which also fails when the header does.
    public func linkedOnError(to errback: CanvasSignature) -> CanvasSignature {
        var linked = self
        switch work {
        case .call, .map, .chain, .chunks:
            if !options.errbacks.contains(errback) { linked.options.errbacks.append(errback) }
        case .group(let members):
            linked.work = .group(members.map { $0.linkedOnError(to: errback) })
        case .chord(var chord):
            chord.header = chord.header.map { $0.isChord ? $0.linkedOnError(to: errback) : $0 }
            chord.body = chord.body?.linkedOnError(to: errback)
            linked.work = .chord(chord)
        }
        return linked
    }

    /// Deaf to partial arguments, or not; of a group, all members, and of a chord the header.
    public func immutable(_ isImmutable: Bool = true) -> CanvasSignature {
        var changed = self
        switch work {
        case .call, .chain: changed.isImmutable = isImmutable
        case .map, .chunks: break
        case .group(let members): changed.work = .group(members.map { $0.immutable(isImmutable) })
        case .chord(var chord):
            chord.header = chord.header.map { $0.immutable(isImmutable) }
            changed.work = .chord(chord)
        }
        return changed
    }

    /// A group whose members start one after another: countdowns of `start`, `start + step` and so on, at most `stop`.
    ///
    /// Of anything else, the same signature.
    public func skewed(
        from start: Duration = .seconds(1), to stop: Duration? = nil, by step: Duration = .seconds(1)
    ) -> CanvasSignature {
        guard case .group(var members) = work else { return self }
        var countdown = start
        for place in members.indices {
            members[place].options.countdown = min(countdown, stop ?? countdown)
            countdown += step
        }
        var skewed = self
        skewed.work = .group(members)
        return skewed
    }

    /// Itself, and what its callbacks lead to.
    public var flattenedLinks: [CanvasSignature] { [self] + options.links.flatMap(\.flattenedLinks) }

    private var isChord: Bool { if case .chord = work { true } else { false } }
}
