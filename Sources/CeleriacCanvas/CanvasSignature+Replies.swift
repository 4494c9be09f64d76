import CeleriacCore

/// Names the queue for the results of calls that are not made yet: Celery's `reply_to`.
///
/// Freezing does the same for the calls that it gives an id. Callbacks and errbacks have none before they are called, and
/// a Python worker that calls them would have their results sent to itself.
extension CanvasSignature {
    /// Returns this signature with a queue for the results of all calls in it that name none and do not ignore theirs.
    ///
    /// - Parameter queue: `nil` to change nothing.
    package func answered(at queue: String?) -> CanvasSignature {
        guard let queue else { return self }
        var answered = self
        answered.options = options.answered(at: queue)
        switch work {
        case .call, .map:
            if options.replyTo == nil, options.ignoreResult != true { answered.options.replyTo = queue }
        case .chain(let steps): answered.work = .chain(steps.answered(at: queue))
        case .group(let members): answered.work = .group(members.answered(at: queue))
        case .chord(var chord):
            chord.header = chord.header.answered(at: queue)
            chord.body = chord.body?.answered(at: queue)
            answered.work = .chord(chord)
        case .chunks: break  // They are a group, whose members get the queue when they are frozen.
        }
        return answered
    }

    /// Whether a call in it asks for its result, whatever the app's settings.
    package var asksForResult: Bool {
        if options.ignoreResult == false { return true }
        return switch work {
        case .call, .map, .chunks: false
        case .chain(let parts), .group(let parts): parts.contains(where: \.asksForResult)
        case .chord(let chord): (chord.header + (chord.body.map { [$0] } ?? [])).contains(where: \.asksForResult)
        }
    }
}

extension CanvasOptions {
    /// Returns these options with a queue for the results of the signatures in them.
    package func answered(at queue: String?) -> CanvasOptions {
        guard let queue else { return self }
        var answered = self
        answered.links = links.answered(at: queue)
        answered.errbacks = errbacks.answered(at: queue)
        answered.chain = chain?.answered(at: queue)
        answered.chord = chord?.answered(at: queue)
        return answered
    }
}

extension CanvasEmbed {
    /// Returns what follows a call, with a queue for the results of the signatures in it.
    package func answered(at queue: String?) -> CanvasEmbed {
        guard let queue else { return self }
        return CanvasEmbed(
            callbacks: callbacks?.answered(at: queue), errbacks: errbacks?.answered(at: queue),
            chain: chain?.answered(at: queue), chord: chord?.answered(at: queue))
    }
}

extension [CanvasSignature] {
    fileprivate func answered(at queue: String) -> [CanvasSignature] { map { $0.answered(at: queue) } }
}
