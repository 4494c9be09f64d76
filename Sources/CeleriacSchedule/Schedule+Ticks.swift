#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Schedule {
    /// The first tick strictly after a date.
    ///
    /// An interval without an anchor counts from the date that is asked about.
    ///
    /// - Returns: `nil` where none comes before the year 2400 (a single time that has passed).
    public func next(after date: Date) -> Date? {
        switch kind {
        case .every(let interval, let anchor): Self.next(interval, from: anchor ?? date, after: date)
        case .crontab(let crontab, let zone):
            CronClock(times: crontab.times, rules: zone.rules).next(after: Instant.second(date)).map {
                Instant.date(second: $0)
            }
        case .solar(let event, let latitude, let longitude):
            SolarPlace(latitude: latitude, longitude: longitude).next(event, after: Instant.second(date))
                .map { Instant.date(second: $0) }
        case .once(let tick): tick > date ? tick : nil
        }
    }

    private static func next(_ interval: Int, from anchor: Date, after date: Date) -> Date? {
        let start = Instant.microseconds(anchor)
        let steps = (Instant.microseconds(date) - start).floored(by: interval).quotient
        let next = start + (steps + 1) * interval
        return next < Instant.horizon * 1_000_000 ? Instant.date(microseconds: next) : nil
    }

    /// The ticks after one date and not after another, the earliest first.
    ///
    /// - Parameter limit: how many at most; the rest is left out.
    public func ticks(after start: Date, through end: Date, limit: Int = 1000) -> [Date] {
        let schedule = anchored(at: start)
        var ticks: [Date] = []
        while ticks.count < limit, let tick = schedule.next(after: ticks.last ?? start), tick <= end {
            ticks.append(tick)
        }
        return ticks
    }

    /// The next ticks after a date: as many as asked for, or all there are.
    public func nextTimes(_ count: Int, after date: Date) -> [Date] {
        ticks(after: date, through: .distantFuture, limit: count)
    }

    /// The latest tick after one date and not after another.
    ///
    /// Found by bisection: forty questions, however long the time and however many the ticks in it.
    package func latestTick(after start: Date, through end: Date) -> Date? {
        let schedule = anchored(at: start)
        guard var latest = schedule.next(after: start), latest <= end else { return nil }
        var limit = Instant.microseconds(end)
        while Instant.microseconds(latest) < limit {
            let middle = Instant.microseconds(latest).midpoint(limit)
            // Far from our time a date cannot hold every microsecond: without progress there is nothing between.
            if let tick = schedule.next(after: Instant.date(microseconds: middle)), tick <= end, tick > latest {
                latest = tick
            } else {
                limit = middle
            }
        }
        return latest
    }
}

extension Int {
    fileprivate func midpoint(_ later: Int) -> Int { self + (later - self) / 2 }
}
