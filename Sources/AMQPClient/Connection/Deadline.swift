import NIOCore

extension NIODeadline {
    /// The deadline after this duration from now; durations are clamped to between zero and a thousand days.
    static func after(_ duration: Duration) -> NIODeadline { now() + duration.amount }
}

extension Duration {
    var amount: TimeAmount {
        let longest = Duration.seconds(86_400_000)
        let (seconds, attoseconds) = max(.zero, min(self, longest)).components
        return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
