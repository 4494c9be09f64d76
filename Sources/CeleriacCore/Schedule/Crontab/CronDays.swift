/// The days that a crontab names: which of a month's are meant.
struct CronDays: Hashable, Sendable {
    var daysOfMonth: CronSet
    var hasLastDay: Bool
    var weekdays: CronSet
    /// Certain ones of a month's weekdays, as ``bit(weekday:count:)``s.
    var nthWeekdays: CronSet
    var rule: Crontab.DayRule

    /// In the place of a count: the last such weekday of the month.
    static let last = 6

    /// - Parameter count: 1 to 5, or ``last``.
    static func bit(weekday: Int, count: Int) -> Int { weekday * 8 + count }

    /// The days of one month, as the bits 1 to 31.
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

    private func weekdayBits(first: Int, length: Int) -> UInt64 {
        var bits: UInt64 = 0
        for day in 1...length {
            let weekday = (first + day - 1) % 7
            let isMeant =
                weekdays.contains(weekday)
                || !nthWeekdays.isEmpty
                    && (nthWeekdays.contains(Self.bit(weekday: weekday, count: (day + 6) / 7))
                        || day + 7 > length && nthWeekdays.contains(Self.bit(weekday: weekday, count: Self.last)))
            if isMeant { bits |= 1 << UInt64(day) }
        }
        return bits
    }

    /// Days from 1970 to the month's first.
    static func firstDay(of month: Int, in year: Int) -> Int {
        var day = Day(days: 0)
        (day.year, day.month) = (year, month)
        return day.days
    }
}
