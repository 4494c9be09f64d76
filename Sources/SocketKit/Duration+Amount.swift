package import NIOCore

extension Duration {
    /// The same span for an event loop, clamped to between zero and a thousand days.
    package var amount: TimeAmount {
        let longest = Duration.seconds(86_400_000)
        let (seconds, attoseconds) = max(.zero, min(self, longest)).components
        return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
