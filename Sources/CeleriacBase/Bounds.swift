#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The ranges to which numbers from outside are clamped.
///
/// Swift traps if a sum, a product or a conversion overflows. A number that comes from a message, a stored row, a
/// command or an option is therefore clamped where it is read, so that later code can calculate without further checks.
package enum Bounds {
    /// Attempts, deliveries, parts, runs: more than any real count, and small enough to be added and multiplied.
    package static let count = 0...1_000_000_000
    /// Thirty thousand years in seconds, before and after zero.
    package static let seconds = -1e12...1e12
    /// The most slots or children of a worker, and the highest weight of a queue.
    package static let slots = 1...100_000
}

extension Comparable {
    /// The value, clamped to a range.
    package func bounded(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}

extension Int {
    /// The value, clamped to ``Bounds/count``.
    package init(count value: Int) { self = value.bounded(to: Bounds.count) }

    /// The value, clamped to ``Bounds/count``.
    package init(count value: some BinaryInteger) { self = Int(clamping: value).bounded(to: Bounds.count) }

    /// Whole seconds, rounded up and clamped to ``Bounds/seconds``; zero for NaN.
    package init(wholeSeconds seconds: Double) { self.init(Double(bounding: seconds).rounded(.up)) }
}

extension Double {
    /// Seconds, clamped to ``Bounds/seconds``; zero for NaN.
    package init(bounding seconds: Double) { self = seconds.isNaN ? 0 : seconds.bounded(to: Bounds.seconds) }
}

extension Duration {
    /// A duration in seconds, clamped to ``Bounds/seconds``; zero for NaN.
    package static func bounded(seconds: Double) -> Duration { .seconds(Double(bounding: seconds)) }
}

extension Date {
    /// The date, clamped to ``Bounds/seconds`` around 2001.
    package var bounded: Date {
        Date(timeIntervalSinceReferenceDate: Double(bounding: timeIntervalSinceReferenceDate))
    }
}
