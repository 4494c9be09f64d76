#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What becomes of ticks that came while no beat was running.
///
/// A tick is on time if no later one has come yet and it is not older than a grace; every other is missed.
public enum MissedPolicy: Sendable, Hashable {
    /// They are left out.
    case skip
    /// The latest of all stands for them: one run, as Celery's beat does after a pause.
    case runOnce
    /// Each is made up for, the latest ones if there are more than `max`.
    case runAll(max: Int)
}

/// What a beat must do now for one entry.
package struct DueTicks: Sendable, Hashable {
    /// What to publish, the earliest first.
    package let ticks: [Date]
    /// The latest tick that has come, published or left out: what to remember as the last one. `nil` if none has.
    package let last: Date?
    /// When to look again; `nil` = never.
    package internal(set) var next: Date?
    /// What to remember of all ticks, where there is a last one.
    package internal(set) var dealt = DealtTicks()
    /// Whether the last tick lay ahead of the clock, so that it counts as now.
    package internal(set) var isClockSetBack = false

    init(ticks: [Date], last: Date?, next: Date?) { (self.ticks, self.last, self.next) = (ticks, last, next) }
}

extension Schedule {
    /// The most missed ticks that are made up for at once, whatever an entry asks for.
    static let mostMissed = 10_000

    /// What is due. Pure: a beat that asks twice, or two beats that ask at once, get the same ticks.
    ///
    /// Where the clock has gone back behind the last tick, nothing is due until it has passed it again; an entry of a beat goes
    /// on from now: see ``ScheduleRecord/due(at:grace:)``.
    ///
    /// - Parameters:
    ///   - last: the last tick that was dealt with; `nil` if there was none.
    ///   - firstSeen: when the entry was first seen: no tick up to then is due, and intervals without an anchor count from it.
    ///   - missed: what becomes of ticks that nobody was there for.
    ///   - grace: how late a tick may be and still be on time; a minute by default.
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

    /// The latest ticks of a stretch of time, the earliest first.
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
