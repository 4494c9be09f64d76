#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What happens to ticks that were due while no beat was running.
///
/// A tick is on time if it is the latest due tick and not older than the grace; every other due tick is missed.
public enum MissedPolicy: Sendable, Hashable {
    /// Missed ticks are skipped.
    case skip
    /// The latest due tick runs once for all of them, as Celery's beat does after a pause.
    case runOnce
    /// Each missed tick runs; if there are more than `max`, only the latest ones.
    case runAll(max: Int)
}

/// What a beat must do now for one entry.
package struct DueTicks: Sendable, Hashable {
    /// The ticks to publish, earliest first.
    package let ticks: [Date]
    /// The latest due tick, published or skipped: to be recorded as the last one. `nil` if no tick is due.
    package let last: Date?
    /// When to check again; `nil` for never.
    package internal(set) var next: Date?
    /// The ticks to record as handled, if there is a last one.
    package internal(set) var dealt = DealtTicks()
    /// Whether the last tick lay ahead of the clock, so that the entry continues from now.
    package internal(set) var isClockSetBack = false

    init(ticks: [Date], last: Date?, next: Date?) { (self.ticks, self.last, self.next) = (ticks, last, next) }
}

extension Schedule {
    /// The most missed ticks that run at once, whatever an entry asks for.
    static let mostMissed = 10_000

    /// The ticks that are due. Pure: a beat that asks twice, or two beats that ask at once, get the same ticks.
    ///
    /// If the clock has gone back behind the last tick, nothing is due until it has passed that tick again. An entry of
    /// a beat continues from now instead: see ``ScheduleRecord/due(at:grace:)``.
    ///
    /// - Parameters:
    ///   - last: the last tick that was handled; `nil` if there was none.
    ///   - firstSeen: when the entry was first seen: no tick up to then is due, and intervals without an anchor start
    ///     there.
    ///   - missed: what happens to ticks that were due while no beat was running.
    ///   - grace: how late a tick may be and still count as on time; one minute by default.
    package func due(
        since last: Date?, firstSeen: Date, now: Date, missed: MissedPolicy = .runOnce, grace: Duration = .seconds(60)
    ) -> DueTicks {
        let schedule = anchored(at: firstSeen)
        let start = last ?? firstSeen
        let next = schedule.next(after: max(start, now))
        guard let latest = schedule.latestTick(after: start, through: now) else {
            return DueTicks(ticks: [], last: nil, next: next)
        }
        let ticks =
            switch missed {
            case .skip: latest.adding(grace) >= now ? [latest] : []
            case .runOnce: [latest]
            case .runAll(let max): schedule.latestTicks(after: start, through: latest, count: min(max, Self.mostMissed))
            }
        return DueTicks(ticks: ticks, last: latest, next: next)
    }

    /// The latest ticks of a time span, earliest first.
    private func latestTicks(after start: Date, through latest: Date, count: Int) -> [Date] {
        let all = ticks(after: start, through: latest, limit: max(1, count))
        if all.last == latest { return all }
        var ticks = [latest]
        while ticks.count < count, let first = ticks.last,
            let earlier = latestTick(after: start, through: Date(sinceEpoch: first.sinceEpoch - 1))
        {
            ticks.append(earlier)
        }
        return ticks.reversed()
    }
}
