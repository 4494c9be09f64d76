#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// Links: signatures that are called when this one has ended.
extension CanvasSignature {
    /// Returns a copy with a callback, which receives the result as its first argument.
    ///
    /// The last step of a chain calls it; the body of a chord calls it. A group has no single result: its first member
    /// calls the callback, which is made immutable, as in Celery (to receive all results, make a chord). A callback
    /// that is linked already is not linked again.
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

    /// Returns a copy with an errback, which receives the failed call's id as its first argument.
    ///
    /// Each step of a chain calls it, each member of a group, and the body of a chord, which also fails when the header
    /// does.
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

    /// Returns a copy that ignores partial arguments, or accepts them; applies to all members of a group and to the
    /// header of a chord.
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

    /// Returns a group whose members start one after another: countdowns of `start`, `start + step` and so on, at most
    /// `stop`.
    ///
    /// Any other signature is returned unchanged.
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

    /// This signature, its callbacks, their callbacks, and so on.
    public var flattenedLinks: [CanvasSignature] { [self] + options.links.flatMap(\.flattenedLinks) }

    private var isChord: Bool { if case .chord = work { true } else { false } }
}
