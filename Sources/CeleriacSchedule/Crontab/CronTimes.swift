import CeleriacBase
import CeleriacJSON

/// The meaning of a crontab: the wall-clock times at which it is due.
///
/// Finds the next time by skipping whole months, days and hours; wall times are in seconds since 1970.
struct CronTimes: Hashable, Sendable {
    let minutes: CronSet
    let hours: CronSet
    let months: CronSet
    let days: CronDays

    /// - Parameter fields: in the order of ``CronUnit``'s cases.
    init(_ fields: [String], _ rule: Crontab.DayRule) throws(CeleriacError) {
        minutes = try CronFieldParser(fields[0], as: .minute).meaning().values
        hours = try CronFieldParser(fields[1], as: .hour).meaning().values
        let dates = try CronFieldParser(fields[2], as: .dayOfMonth).meaning()
        months = try CronFieldParser(fields[3], as: .month).meaning().values
        let weekdays = try CronFieldParser(fields[4], as: .dayOfWeek).meaning()
        days = CronDays(
            daysOfMonth: dates.values, hasLastDay: dates.hasLastDay, weekdays: weekdays.values,
            nthWeekdays: weekdays.nthWeekdays, rule: rule
        )
    }

    /// Whether it is due in every hour of the day.
    var hasEveryHour: Bool { hours == CronUnit.hour.all }

    /// Whether any month of any year has a matching day.
    ///
    /// Within 28 years of one century each date, including 29 February, falls on each day of the week.
    var isEverDue: Bool {
        (2000..<2028).contains { year in
            (1...12).contains { month in months.contains(month) && !days.days(of: month, in: year).isEmpty }
        }
    }

    /// The first matching time, from `first` on and before `end`.
    func firstMatch(from first: Int, before end: Int) -> Int? {
        guard first < end else { return nil }
        let (day, seconds) = first.floored(by: 86_400)
        let minute = (seconds + 59) / 60
        if let time = time(from: minute), let today = firstDay(from: day, through: day) {
            return within(today * 86_400 + time * 60, end)
        }
        guard let earliest = time(from: 0),
            let later = firstDay(from: day + 1, through: (end - 1).floored(by: 86_400).quotient)
        else { return nil }
        return within(later * 86_400 + earliest * 60, end)
    }

    private func within(_ match: Int, _ end: Int) -> Int? { match < end ? match : nil }

    /// The first matching minute of the day, from the given one on.
    private func time(from minute: Int) -> Int? {
        if let later = minutes.first(from: minute % 60), hours.first(from: minute / 60) == minute / 60 {
            return minute / 60 * 60 + later
        }
        guard let hour = hours.first(from: minute / 60 + 1), let first = minutes.first(from: 0) else { return nil }
        return hour * 60 + first
    }

    /// The first matching day, in days since 1970.
    private func firstDay(from first: Int, through last: Int) -> Int? {
        var date = Day(days: first)
        var monthStart = first - date.day + 1
        while monthStart <= last {
            if months.contains(date.month), let day = days.days(of: date.month, in: date.year).first(from: date.day) {
                let found = monthStart + day - 1
                return found <= last ? found : nil
            }
            advance(&date)
            monthStart = date.days
        }
        return nil
    }

    /// Advances to the first day of the next matching month.
    private func advance(_ date: inout Day) {
        date.day = 1
        if let month = months.first(from: date.month + 1) {
            date.month = month
        } else {
            date.year += 1
            date.month = months.first(from: 1) ?? 1
        }
    }
}
