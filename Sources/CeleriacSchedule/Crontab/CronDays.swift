import CeleriacJSON

/// The days of a month on which a crontab is due.
struct CronDays: Hashable, Sendable {
    var daysOfMonth: CronSet
    var hasLastDay: Bool
    var weekdays: CronSet
    /// Single weekdays of a month, such as its second Friday, as ``bit(weekday:count:)``s.
    var nthWeekdays: CronSet
    var rule: Crontab.DayRule

    /// Used as a count: the last such weekday of the month.
    static let last = 6

    /// - Parameter count: 1 to 5, or ``last``.
    static func bit(weekday: Int, count: Int) -> Int { weekday * 8 + count }

    /// The days of one month on which the crontab is due, as the bits 1 to 31.
    func days(of month: Int, in year: Int) -> CronSet {
        let length = Day.length(ofMonth: month, in: year)
        let inMonth = (UInt64(2) << UInt64(length)) - 2
        let first = Day.weekday(ofDays: Self.firstDay(of: month, in: year))
        let byDate = daysOfMonth.bits | (hasLastDay ? 1 << UInt64(length) : 0)
        let byWeekday = weekdayBits(first: first, length: length)
        let isEither = rule == .either && restrictsDates && restrictsWeekdays
        return CronSet(bits: inMonth & (isEither ? byDate | byWeekday : byDate & byWeekday))
    }

    private var restrictsDates: Bool { daysOfMonth != CronUnit.dayOfMonth.all }
    private var restrictsWeekdays: Bool { weekdays != CronUnit.dayOfWeek.all }

    /// The bits 1, 8, 15, 22 and 29.
    private static let everySeventh: UInt64 = 0x1020_4081

    private func weekdayBits(first: Int, length: Int) -> UInt64 {
        var bits: UInt64 = 0
        for weekday in 0..<7 {
            let day = 1 + (weekday - first + 7) % 7
            if weekdays.contains(weekday) { bits |= Self.everySeventh << UInt64(day) }
            if !nthWeekdays.isEmpty { bits |= nthBits(of: weekday, from: day, length: length) }
        }
        return bits
    }

    /// - Parameter day: the first such weekday of the month.
    private func nthBits(of weekday: Int, from day: Int, length: Int) -> UInt64 {
        var bits: UInt64 = 0
        for count in 1...5 where nthWeekdays.contains(Self.bit(weekday: weekday, count: count)) {
            bits |= 1 << UInt64(day + 7 * (count - 1))
        }
        if nthWeekdays.contains(Self.bit(weekday: weekday, count: Self.last)) {
            bits |= 1 << UInt64(day + 28 <= length ? day + 28 : day + 21)
        }
        return bits
    }

    /// The number of days from 1970 to the first of the month.
    static func firstDay(of month: Int, in year: Int) -> Int {
        var day = Day(days: 0)
        (day.year, day.month) = (year, month)
        return day.days
    }
}
