import CeleriacCanvas

/// The countdowns that spread the starts of a group's members.
struct CallSkew: Sendable {
    let start: Duration
    let stop: Duration?
    let step: Duration

    func applied(to group: CanvasSignature) -> CanvasSignature { group.skewed(from: start, to: stop, by: step) }
}

/// The skew and the stamps of a group's members, whether the group stands alone or is the header of a chord.
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
    /// Returns a copy of the group with growing countdowns, so that the members do not all start at once: Celery's
    /// `skew`.
    ///
    /// ```swift
    /// try await group(pages.map { $fetch($0) }).skewed(by: .milliseconds(200)).delay()
    /// ```
    ///
    /// The members wait in the broker. The skew replaces a member's own countdown or eta.
    ///
    /// - Parameters:
    ///   - start: the countdown of the first member; default one second.
    ///   - stop: the longest countdown, which all further members have; `nil` for no limit.
    ///   - step: how much longer each member waits than the one before; default one second.
    public func skewed(
        from start: Duration = .seconds(1), to stop: Duration? = nil, by step: Duration = .seconds(1)
    ) -> CallGroup {
        var skewed = self
        skewed.dress.skew = CallSkew(start: start, stop: stop, step: step)
        return skewed
    }
}
