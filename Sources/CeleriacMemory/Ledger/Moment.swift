#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// Both clocks, read once for a whole operation.
struct Moment {
    let date: Date
    let uptime: Duration
    /// ``date`` in the ledger's form.
    let wall: Double
    /// ``uptime`` in the ledger's form.
    let up: Double

    init(_ time: any TimeSource) {
        date = time.now
        uptime = time.uptime
        wall = date.timeIntervalSinceReferenceDate
        up = uptime.seconds
    }
}

extension Duration {
    /// A span of ledger time: not negative, and at most thirty thousand years, because a date may be any number.
    static func span(_ seconds: Double) -> Duration { .seconds(min(max(0, seconds), 1e12)) }
}
