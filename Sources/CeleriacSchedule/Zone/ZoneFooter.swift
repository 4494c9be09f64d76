import CeleriacJSON

/// A zone's rule for future years: the `TZ` text of POSIX 2024, 8.3, with the wider times of RFC 9636, 3.3.1.
///
/// For example `CET-1CEST,M3.5.0,M10.5.0/3` or `<+0330>-3:30`. POSIX counts west of UTC; this type counts east.
struct ZoneFooter: Hashable {
    /// The day of the year on which a change happens.
    enum Day: Hashable {
        /// `Jn`: 1 to 365, never 29 February.
        case julian(Int)
        /// `n`: 0 to 365, 29 February counted.
        case zeroBased(Int)
        /// `Mm.w.d`: the wth weekday d (0 = Sunday) of month m; w = 5 means the last one.
        case weekday(month: Int, week: Int, day: Int)
    }

    /// A change of the clocks, in the local time before the change; the time may be negative or exceed 24 hours.
    struct Change: Hashable {
        let day: Day
        let time: Int
    }

    /// Summer time; or winter time if it is behind standard time, as in Dublin.
    struct Saving: Hashable {
        let offset: Int
        let start, end: Change
    }

    let standard: Int
    let saving: Saving?

    /// The changes and the offsets that follow them, in ascending order.
    ///
    /// The offset after the last known transition is in the file's data; the rule starts with the next change.
    func changes(after last: Int, until horizon: Int) -> [(instant: Int, offset: Int)] {
        guard last < horizon else { return [] }
        guard let saving else { return [(last + 1, standard)] }
        var changes: [(instant: Int, offset: Int)] = []
        var latest = last
        for year in Self.year(of: last) - 1...Self.year(of: horizon) {
            for change in self.changes(of: saving, in: year) where change.instant >= latest && change.instant > last {
                changes.append(change)
                latest = change.instant
            }
        }
        return changes
    }

    /// Both changes of a year. If summer time ends in the moment in which the next one begins, as in
    /// `XXX3EDT4,0/0,J365/23`, it never ends.
    private func changes(of saving: Saving, in year: Int) -> [(instant: Int, offset: Int)] {
        let start = (instant: saving.start.wall(in: year) - standard, offset: saving.offset)
        let end = (instant: saving.end.wall(in: year) - saving.offset, offset: standard)
        return start.instant <= end.instant ? [start, end] : [end, start]
    }

    private static func year(of instant: Int) -> Int {
        CeleriacJSON.Day(days: max(instant, -60_000_000_000).floored(by: 86_400).quotient).year
    }
}

extension ZoneFooter.Change {
    /// The local time of the change, in seconds since 1970.
    func wall(in year: Int) -> Int { day.days(in: year) * 86_400 + time }
}

extension ZoneFooter.Day {
    /// The number of days since 1970.
    func days(in year: Int) -> Int {
        let newYear = Self.days(year, 1, 1)
        switch self {
        case .julian(let day): return newYear + day - 1 + (Day.isLeap(year) && day >= 60 ? 1 : 0)
        case .zeroBased(let day): return newYear + day
        case .weekday(let month, let week, let weekday):
            let first = Self.days(year, month, 1)
            let day = (weekday - Day.weekday(ofDays: first) + 7) % 7 + 7 * (week - 1)
            return first + (day < Day.length(ofMonth: month, in: year) ? day : day - 7)
        }
    }

    private typealias Day = CeleriacJSON.Day

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        var date = Day(days: 0)
        (date.year, date.month, date.day) = (year, month, day)
        return date.days
    }
}
