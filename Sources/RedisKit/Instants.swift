#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

extension Date {
    /// Microseconds since 1970, limited to ±2^53: scripts count exactly up to there, and anybody may have written the
    /// date.
    package var microseconds: Int64 {
        Int64((Double(bounding: timeIntervalSince1970) * 1e6).rounded().bounded(to: -0x1p53...0x1p53))
    }

    package init(microseconds: Int64) { self.init(timeIntervalSince1970: Double(microseconds) / 1e6) }
}

extension Duration {
    /// The duration in microseconds. A duration longer than any clock measures is limited to ``Bounds/seconds``.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.bounded(to: -1_000_000_000_000...1_000_000_000_000) * 1_000_000
            + attoseconds / 1_000_000_000_000
    }
}
