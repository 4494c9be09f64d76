#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The ranges to which numbers from outside are cut.
///
/// Swift traps where a sum, a product or a conversion does not fit. A number that comes from a message, a stored row, a command
/// or an option is therefore bounded where it is read, so that the code behind it may calculate without a second look.
package enum Bounds {
    /// Attempts, deliveries, parts, runs: more than is ever counted, few enough to be added and multiplied.
    package static let count = 0...1_000_000_000
    /// Thirty thousand years in seconds, to either side.
    package static let seconds = -1e12...1e12
    /// The most slots or children of a worker, and the greatest weight of a queue.
    package static let slots = 1...100_000
}

extension Comparable {
    /// The nearest value within a range.
    package func bounded(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}

extension Int {
    /// The nearest count of ``Bounds/count``.
    package init(count value: some BinaryInteger) { self = Int(clamping: value).bounded(to: Bounds.count) }

    /// Whole seconds, rounded up, within ``Bounds/seconds``; zero for a number that is none.
    package init(wholeSeconds seconds: Double) { self.init(Double(bounding: seconds).rounded(.up)) }
}

extension Double {
    /// The nearest number of seconds within ``Bounds/seconds``; zero for a number that is none.
    package init(bounding seconds: Double) { self = seconds.isNaN ? 0 : seconds.bounded(to: Bounds.seconds) }
}

extension Duration {
    /// The nearest duration within ``Bounds/seconds``; zero for a number that is none.
    package static func bounded(seconds: Double) -> Duration { .seconds(Double(bounding: seconds)) }
}

extension Date {
    /// The nearest point in time within ``Bounds/seconds`` of 2001.
    package var bounded: Date {
        Date(timeIntervalSinceReferenceDate: Double(bounding: timeIntervalSinceReferenceDate))
    }
}
