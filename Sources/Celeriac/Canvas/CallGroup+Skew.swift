import CeleriacCanvas

/// How the starts of a group's members are spread.
struct CallSkew: Sendable {
    let start: Duration
    let stop: Duration?
    let step: Duration

    func applied(to group: CanvasSignature) -> CanvasSignature { group.skewed(from: start, to: stop, by: step) }
}

/// What is put on the members of a group, be it one by itself or the header of a chord.
struct GroupDress: Sendable {
    var skew: CallSkew?
    var stamps: [CallStamps] = []

    func put(on group: CanvasSignature) throws -> CanvasSignature {
        try (skew?.applied(to: group) ?? group).stamped(stamps)
    }

    func put(on members: [CanvasSignature]) throws -> [CanvasSignature] {
        guard case .group(let dressed) = try put(on: .group(members)).work else { return members }
        return dressed
    }
}

extension CallGroup {
    /// The same group, its members put off one after another, so that they do not all start at once: Celery's `skew`.
    ///
    /// ```swift
    /// try await group(pages.map { $fetch($0) }).skewed(by: .milliseconds(200)).delay()
    /// ```
    ///
    /// They wait in the broker. A member's own countdown or eta gives way.
    ///
    /// - Parameters:
    ///   - start: the countdown of the first member; default one second.
    ///   - stop: the longest countdown, which all further members have; `nil` = no longest.
    ///   - step: how much longer each waits than the one before; default one second.
    public func skewed(
        from start: Duration = .seconds(1), to stop: Duration? = nil, by step: Duration = .seconds(1)
    ) -> CallGroup {
        var skewed = self
        skewed.dress.skew = CallSkew(start: start, stop: stop, step: step)
        return skewed
    }
}
