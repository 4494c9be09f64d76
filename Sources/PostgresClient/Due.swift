import Foundation

/// Points in time at which something is over, on the machine's clock.
enum Due {
    /// Longer waits would not fit into the clock.
    private static let longest = Duration.seconds(1 << 31)

    static func after(_ duration: Duration) -> ContinuousClock.Instant { .now + min(max(duration, .zero), longest) }

    static func isPast(_ due: ContinuousClock.Instant) -> Bool { due <= .now }
}

extension ContinuousClock.Instant {
    /// The rest until then in milliseconds, rounded up, for `poll`.
    var milliseconds: Int32 {
        let rest = ContinuousClock.now.duration(to: self).components
        guard rest.seconds >= 0, rest.attoseconds >= 0 else { return 0 }
        return Int32(clamping: rest.seconds * 1000 + (rest.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// For Dispatch.
    var dispatchTime: DispatchTime { .now() + .milliseconds(Int(milliseconds)) }
}

extension Duration {
    /// Rounded up.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = min(self, .seconds(1 << 31)).components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
