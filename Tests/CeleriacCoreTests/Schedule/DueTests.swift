import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("What is due")
struct DueTests {
    private let hourly = Schedule.crontab("0 * * * *")
    private let midnight = Date(timeIntervalSince1970: 1_767_225_600)  // 2026-01-01T00:00:00Z
    private func hour(_ hour: Double) -> Date { midnight.addingTimeInterval(hour * 3600) }

    @Test("a tick on time is due whatever the policy", arguments: [MissedPolicy.skip, .runOnce, .runAll(max: 5)])
    func onTime(policy: MissedPolicy) {
        let now = hour(3).addingTimeInterval(0.5)
        let due = hourly.due(since: hour(2), firstSeen: midnight, now: now, missed: policy)
        #expect(due == DueTicks(ticks: [hour(3)], last: hour(3), next: hour(4)))
    }

    @Test("between two ticks nothing is due, and asking again changes nothing")
    func nothing() {
        let due = hourly.due(since: hour(3), firstSeen: midnight, now: hour(3.5))
        #expect(due == DueTicks(ticks: [], last: nil, next: hour(4)))
        #expect(hourly.due(since: hour(3), firstSeen: midnight, now: hour(3)).ticks == [])
    }

    @Test("after a pause: none, one, or all of the missed ticks")
    func missed() {
        func ticks(_ policy: MissedPolicy) -> DueTicks {
            hourly.due(since: hour(1), firstSeen: midnight, now: hour(5.5), missed: policy)
        }
        #expect(ticks(.skip) == DueTicks(ticks: [], last: hour(5), next: hour(6)))
        #expect(ticks(.runOnce) == DueTicks(ticks: [hour(5)], last: hour(5), next: hour(6)))
        #expect(ticks(.runAll(max: 100)).ticks == [hour(2), hour(3), hour(4), hour(5)])
        #expect(ticks(.runAll(max: 2)).ticks == [hour(4), hour(5)])
        #expect(ticks(.runAll(max: 0)).ticks == [hour(5)])
    }

    @Test("the grace decides what is late")
    func grace() {
        func ticks(_ grace: Duration) -> [Date] {
            hourly.due(since: hour(1), firstSeen: midnight, now: hour(5.5), missed: .skip, grace: grace).ticks
        }
        #expect(ticks(.minutes(30)) == [hour(5)])
        #expect(ticks(.minutes(29)) == [])
    }

    @Test("a new entry is not due before its first tick; an interval counts from when it was first seen")
    func firstSeen() {
        let every = Schedule.every(.minutes(90))
        #expect(
            every.due(since: nil, firstSeen: midnight, now: hour(1)) == DueTicks(ticks: [], last: nil, next: hour(1.5)))
        let due = every.due(since: nil, firstSeen: midnight, now: hour(3.25), missed: .runAll(max: 9))
        #expect(due == DueTicks(ticks: [hour(1.5), hour(3)], last: hour(3), next: hour(4.5)))
        #expect(every.due(since: hour(3), firstSeen: midnight, now: hour(4.5)).ticks == [hour(4.5)])
    }

    @Test("a clock that goes back makes nothing due twice")
    func clockBack() {
        let due = hourly.due(since: hour(5), firstSeen: midnight, now: hour(2.5))
        #expect(due == DueTicks(ticks: [], last: nil, next: hour(6)))
    }

    @Test("ten years of missed milliseconds take no time")
    func longPause() {
        let often = Schedule.every(.milliseconds(1))
        let now = hour(24 * 3650)
        #expect(often.due(since: midnight, firstSeen: midnight, now: now, missed: .runOnce).ticks == [now])
        #expect(often.due(since: midnight, firstSeen: midnight, now: now, missed: .runAll(max: 50)).ticks.count == 50)
    }

    @Test("a single time that was missed is made up for, and then never again")
    func once() {
        let schedule = Schedule.once(at: hour(1))
        #expect(
            schedule.due(since: nil, firstSeen: midnight, now: hour(9))
                == DueTicks(ticks: [hour(1)], last: hour(1), next: nil))
        #expect(
            schedule.due(since: hour(1), firstSeen: midnight, now: hour(9)) == DueTicks(ticks: [], last: nil, next: nil)
        )
    }
}
