#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import CeleriacBase
import CeleriacJSON

/// Points in time for schedule calculations: whole seconds or microseconds since 1970, never doubles.
///
/// Two beats that compute the same tick must get the same number, because the tick's identity is derived from it.
enum Instant {
    /// The end of every schedule: the first second of the year 2400. Zone rules are expanded up to this date.
    ///
    /// The calendar repeats after 400 years, and every date that exists at all occurs within forty.
    static let horizon = Day(days: 0).secondsUntil(year: 2400)

    /// The last whole second at or before the date.
    static func second(_ date: Date) -> Int {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        guard seconds > -6e10 else { return -60_000_000_000 }
        return seconds < 6e10 ? Int(seconds) : 60_000_000_000
    }

    static func date(second: Int) -> Date { Date(timeIntervalSince1970: Double(second)) }

    static func microseconds(_ date: Date) -> Int { ISODate.microseconds(since1970: date) }

    static func date(microseconds: Int) -> Date {
        let bounded = microseconds.bounded(to: -1_000_000_000_000_000_000...1_000_000_000_000_000_000)
        return Date(timeIntervalSinceReferenceDate: Double(bounded - ISODate.epoch) / 1e6)
    }
}

extension Day {
    /// The seconds from the day's midnight to the start of a year.
    fileprivate func secondsUntil(year: Int) -> Int {
        var first = self
        (first.year, first.month, first.day) = (year, 1, 1)
        return (first.days - days) * 86_400
    }

    /// The day of the week, from Sunday = 0 to Saturday = 6, as in cron.
    static func weekday(ofDays days: Int) -> Int {
        let weekday = (days + 4) % 7  // 1970-01-01 was a Thursday
        return weekday < 0 ? weekday + 7 : weekday
    }
}

extension Int {
    /// Divides with a remainder that is never negative.
    func floored(by divisor: Int) -> (quotient: Int, rest: Int) {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}

/// The form in which stores keep ticks: whole numbers, so that equal ticks are equal everywhere.
extension Date {
    package var sinceEpoch: Int64 { Int64(ISODate.microseconds(since1970: self)) }

    package init(sinceEpoch microseconds: Int64) {
        self = Instant.date(microseconds: Int(microseconds))
    }

    package var wholeMicroseconds: Date { Date(sinceEpoch: sinceEpoch) }
}

extension Duration {
    package var wholeMicroseconds: Int64 { Int64((seconds * 1_000_000).rounded()) }
}
