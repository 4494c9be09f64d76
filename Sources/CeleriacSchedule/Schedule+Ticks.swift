#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Schedule {
    /// The first tick strictly after a date.
    ///
    /// An interval without an anchor counts from the given date.
    ///
    /// - Returns: `nil` if there is no tick before the year 2400, for example for a single time that has passed.
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

    /// The ticks after one date up to and including another, earliest first.
    ///
    /// - Parameter limit: the most ticks to return; later ones are omitted.
    public func ticks(after start: Date, through end: Date, limit: Int = 1000) -> [Date] {
        let schedule = anchored(at: start)
        var ticks: [Date] = []
        while ticks.count < limit, let tick = schedule.next(after: ticks.last ?? start), tick <= end {
            ticks.append(tick)
        }
        return ticks
    }

    /// The next ticks after a date: `count` of them, or fewer if there are no more.
    public func nextTimes(_ count: Int, after date: Date) -> [Date] {
        ticks(after: date, through: .distantFuture, limit: count)
    }

    /// The latest tick after one date, up to and including another.
    ///
    /// Found by bisection in about forty steps, however long the time span and however many ticks it contains.
    package func latestTick(after start: Date, through end: Date) -> Date? {
        let schedule = anchored(at: start)
        guard var latest = schedule.next(after: start), latest <= end else { return nil }
        var limit = Instant.microseconds(end)
        while Instant.microseconds(latest) < limit {
            let middle = Instant.microseconds(latest).midpoint(limit)
            // Far from the present a date cannot represent every microsecond: without progress there is no tick in
            // between.
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
