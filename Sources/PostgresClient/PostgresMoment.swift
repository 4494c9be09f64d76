import Foundation

/// A `timestamptz` in binary: microseconds since the start of 2000, UTC (PostgreSQL's `datatype/timestamp.h`).
struct PostgresMoment {
    let microseconds: Int64

    /// The first and the last microsecond that PostgreSQL takes: 4714 BC and 294276 AD.
    private static let range = (-211_813_488_000_000_000 as Int64)...9_223_371_331_199_999_999
    /// From the start of 2000 to that of 2001, where Foundation counts from.
    private static let secondsToReference: Int64 = 31_622_400
    private static let million: Int64 = 1_000_000

    init(microseconds: Int64) { self.microseconds = microseconds }

    /// Rounds to microseconds, and clamps to PostgreSQL's range.
    init(_ date: Date) {
        let seconds = date.timeIntervalSinceReferenceDate.rounded(.down)
        let whole = seconds + Double(Self.secondsToReference)
        guard (Self.second(Self.range.lowerBound)...Self.second(Self.range.upperBound)).contains(whole) else {
            microseconds = whole > 0 ? Self.range.upperBound : Self.range.lowerBound
            return
        }
        // The fraction apart: the product of both would not fit into the 53 bits of a Double.
        let fraction = (date.timeIntervalSinceReferenceDate - seconds) * Double(Self.million)
        microseconds = min(Int64(whole) * Self.million + Int64(fraction.rounded()), Self.range.upperBound)
    }

    private static func second(_ microseconds: Int64) -> Double { Double(microseconds / million) }

    /// Infinity is Foundation's distant future or past.
    var date: Date {
        switch microseconds {
        case .max: return .distantFuture
        case .min: return .distantPast
        default:
            let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: Self.million)
            let whole = Double(seconds - Self.secondsToReference)
            return Date(timeIntervalSinceReferenceDate: whole + Double(rest) / Double(Self.million))
        }
    }
}
