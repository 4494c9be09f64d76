import NIOCore

extension NIODeadline {
    /// So much later than now; a duration without sensible end is cut at a thousand days.
    static func after(_ duration: Duration) -> NIODeadline { now() + duration.amount }

    func isPast(_ now: NIODeadline) -> Bool { self <= now }
}

extension Duration {
    var amount: TimeAmount {
        let longest = Duration.seconds(86_400_000)
        let (seconds, attoseconds) = max(.zero, min(self, longest)).components
        return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

/// The one place that sleeps.
enum Pause {
    static func sleep(_ duration: Duration) async throws {
        if duration > .zero { try await Task.sleep(for: duration) }
    }
}
