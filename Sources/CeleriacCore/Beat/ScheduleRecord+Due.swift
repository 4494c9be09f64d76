#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The decisions of a beat about an entry. Pure.
extension ScheduleRecord {
    /// The ticks that are due at a date, by the caller's clock.
    ///
    /// If the last tick lies ahead of that clock, it counts as now: the beat continues from its own time, and skips the
    /// ticks that were published ahead of theirs.
    package func due(at now: Date, grace: Duration = .seconds(60)) -> DueTicks {
        let now = now.wholeMicroseconds
        let (dealt, schedule) = (state.knownTicks, schedule)
        guard let start = dealt.start(firstSeen: state.firstSeen, now: now) else { return goingOn(from: now) }
        var due = entry.schedule.due(
            since: start, firstSeen: state.firstSeen, now: now, missed: entry.missed, grace: grace)
        due.next = openTick(after: now)
        guard let last = due.last else { return due }
        let next = schedule.next(after: start)
        if last != next, dealt.runAhead(of: now) { return goingOn(from: now) }
        if due.ticks.first == next {
            due.dealt = dealt.adding(after: start, through: last)
        } else if let first = due.ticks.first {
            due.dealt = dealt.adding(after: Date(sinceEpoch: first.sinceEpoch - 1), through: last)
        } else {
            due.dealt = dealt.adding(last)
        }
        return due
    }

    /// Nothing is due, and all ticks before now count as handled.
    private func goingOn(from now: Date) -> DueTicks {
        var due = DueTicks(ticks: [], last: now, next: openTick(after: now))
        due.dealt = state.knownTicks.adding(now)
        due.isClockSetBack = true
        return due
    }

    /// When a beat must check the entry: at its first tick that has not been handled, which may have passed; at once if
    /// its ticks lie ahead. `nil` if it is paused, or never due again.
    package func wake(at now: Date) -> Date? {
        guard !entry.isPaused else { return nil }
        let dealt = state.knownTicks
        guard let start = dealt.start(firstSeen: state.firstSeen, now: now) else { return now }
        if dealt.runAhead(of: now) { return now }
        return openTick(after: start)
    }

    /// The next ticks, paused or not, without ticks that have been handled or have passed.
    public func nextTicks(_ count: Int, after now: Date) -> [Date] {
        var ticks: [Date] = []
        while ticks.count < count, let tick = openTick(after: ticks.last ?? now) { ticks.append(tick) }
        return ticks
    }

    /// The first tick after a date that has not been handled.
    private func openTick(after date: Date) -> Date? {
        let (dealt, schedule) = (state.knownTicks, schedule)
        var tick = schedule.next(after: date)
        while let found = tick, let end = dealt.end(ofSpanAround: found) { tick = schedule.next(after: end) }
        return tick
    }
}

extension ScheduleState {
    /// The handled ticks, including those that a store of an earlier version recorded.
    var knownTicks: DealtTicks { dealt.spans.isEmpty ? DealtTicks(lastTick) : dealt }
}
