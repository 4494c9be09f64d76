/// A crontab in the local time of a zone, with the rules for the days on which its clocks change.
///
/// - Times that the clocks skip: the crontab is due once, at the first instant after the gap, however many of its times
///   lie in the gap and however long the gap is: half an hour on Lord Howe Island, a whole day in Samoa (2011-12-30).
/// - Times that the clocks show twice, because they are set back: a crontab whose hour field covers all 24 hours is due
///   both times; one that names hours (`2`, `1,2`, `*/2`, `0-12`) is due only the first time, whatever its minute
///   field.
///
/// The second kind uses a clock that is never set back: it stops until the real clock has caught up.
struct CronClock {
    let times: CronTimes
    let rules: ZoneRules

    /// The first instant after the given one at which the crontab is due, in seconds since 1970.
    func next(after instant: Int) -> Int? {
        guard instant < Instant.horizon else { return nil }
        return times.hasEveryHour ? nextShown(after: instant) : nextReached(after: instant)
    }

    private func nextReached(after instant: Int) -> Int? {
        times.firstMatch(from: rules.latestWall(through: instant) + 1, before: Instant.horizon)
            .map(rules.firstInstant(reaching:))
    }

    private func nextShown(after instant: Int) -> Int? {
        let current = rules.periodIndex(at: instant)
        var first = instant + rules.offset(at: instant) + 1
        for index in current..<rules.periodCount {
            let period = rules.period(index)
            let end = min(period.wallEnd, Instant.horizon)
            if let match = times.firstMatch(from: first, before: end) {
                return max(period.start, match - period.offset)
            }
            guard index + 1 < rules.periodCount else { break }
            // If the clocks go forward, the skipped times belong to the start of the next period.
            first = min(period.wallEnd, rules.period(index + 1).wallStart)
        }
        return nil
    }
}
