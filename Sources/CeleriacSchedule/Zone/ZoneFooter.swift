import CeleriacJSON

/// A zone's rule for the years to come: the `TZ` text of POSIX 2024, 8.3, with the wider times of RFC 9636, 3.3.1.
///
/// For example `CET-1CEST,M3.5.0,M10.5.0/3` or `<+0330>-3:30`. POSIX counts west of UTC; everything here counts east.
struct ZoneFooter: Hashable {
    /// The day of a change, within a year.
    enum Day: Hashable {
        /// `Jn`: 1 to 365, never 29 February.
        case julian(Int)
        /// `n`: 0 to 365, 29 February counted.
        case zeroBased(Int)
        /// `Mm.w.d`: the wth weekday d (0 = Sunday) of month m; the fifth is the last.
        case weekday(month: Int, week: Int, day: Int)
    }

    /// A change of the clocks, in the time that they show before it; the time may be negative or beyond 24 hours.
    struct Change: Hashable {
        let day: Day
        let time: Int
    }

    /// Summer time, or winter time as in Dublin, where it lies behind the standard.
    struct Saving: Hashable {
        let offset: Int
        let start, end: Change
    }

    let standard: Int
    let saving: Saving?

    /// The offsets from each change on, in ascending order.
    ///
    /// What holds at the last known transition stands in the file; the rule begins with the next change.
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

    /// Both changes of a year. Where summer time ends in the moment in which the next one begins, as in
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
    /// What the clocks show at the change, in seconds since 1970.
    func wall(in year: Int) -> Int { day.days(in: year) * 86_400 + time }
}

extension ZoneFooter.Day {
    /// Days since 1970.
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
