import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("Schedules")
struct ScheduleTests {
    static func date(_ text: String) throws -> Date { try #require(ISODate.parse(text)) }
    private func texts(_ dates: [Date]) -> [String] { dates.map { String(ISODate.text($0).dropLast(6)) } }

    private func next(_ text: String, after start: String, count: Int = 1, in zone: String = "UTC") throws -> [String] {
        try next(Crontab(text), after: start, count: count, in: zone)
    }

    private func next(_ crontab: Crontab, after text: String, count: Int = 1, in zone: String = "UTC") throws
        -> [String]
    {
        texts(Schedule.crontab(crontab, in: try Zone(zone)).nextTimes(count, after: try Self.date(text)))
    }

    @Test("the next time of a crontab is strictly later, to the second")
    func strictlyLater() throws {
        #expect(try next("*/5 * * * *", after: "2026-01-01T00:00:00") == ["2026-01-01T00:05:00"])
        #expect(try next("*/5 * * * *", after: "2025-12-31T23:59:59.999") == ["2026-01-01T00:00:00"])
        #expect(try next("0 0 1 1 *", after: "2026-01-01T00:00:00") == ["2027-01-01T00:00:00"])
        #expect(
            try next("59 23 31 12 *", after: "2026-12-31T23:58:59", count: 2) == [
                "2026-12-31T23:59:00", "2027-12-31T23:59:00",
            ])
    }

    @Test("rare days are found")
    func rareDays() throws {
        #expect(
            try next("0 0 29 2 *", after: "2026-01-01", count: 2) == ["2028-02-29T00:00:00", "2032-02-29T00:00:00"])
        #expect(try next("0 0 29 2 *", after: "2097-01-01") == ["2104-02-29T00:00:00"])
        let sundays = try Crontab("0 0 29 2 sun", days: .both)
        #expect(try next(sundays, after: "2026-01-01", count: 2) == ["2032-02-29T00:00:00", "2060-02-29T00:00:00"])
    }

    @Test("a gap of an hour: what lies in it is due once, when it ends")
    func gap() throws {
        let night = "2026-03-29T00:00:00"  // 01:00 in Berlin; at 01:00 UTC the clocks go from 02:00 to 03:00
        #expect(
            try next("30 2 * * *", after: night, count: 2, in: "Europe/Berlin") == [
                "2026-03-29T01:00:00", "2026-03-30T00:30:00",
            ])
        #expect(
            try next("*/10 2 * * *", after: night, count: 2, in: "Europe/Berlin") == [
                "2026-03-29T01:00:00", "2026-03-30T00:00:00",
            ])
        #expect(
            try next("0 1-4 * * *", after: night, count: 3, in: "Europe/Berlin")
                == ["2026-03-29T01:00:00", "2026-03-29T02:00:00", "2026-03-29T23:00:00"])
        #expect(
            try next("30 * * * *", after: night, count: 3, in: "Europe/Berlin")
                == ["2026-03-29T00:30:00", "2026-03-29T01:00:00", "2026-03-29T01:30:00"])
    }

    @Test("an overlap: named hours come once, every hour comes twice")
    func overlap() throws {
        let night = "2026-10-24T23:59:00"  // 01:59 in Berlin; at 01:00 UTC the clocks go from 03:00 to 02:00
        #expect(
            try next("30 2 * * *", after: night, count: 2, in: "Europe/Berlin") == [
                "2026-10-25T00:30:00", "2026-10-26T01:30:00",
            ])
        #expect(
            try next("30 */2 * * *", after: night, count: 2, in: "Europe/Berlin") == [
                "2026-10-25T00:30:00", "2026-10-25T03:30:00",
            ])
        #expect(
            try next("30 * * * *", after: night, count: 3, in: "Europe/Berlin")
                == ["2026-10-25T00:30:00", "2026-10-25T01:30:00", "2026-10-25T02:30:00"])
        let minutes = try next("* 2 * * *", after: night, count: 61, in: "Europe/Berlin")
        #expect(minutes[59...] == ["2026-10-25T00:59:00", "2026-10-26T01:00:00"])
    }

    @Test("half an hour on Lord Howe Island, and days that a country left out")
    func oddGaps() throws {
        #expect(
            try next("15 2 * * *", after: "2026-10-03T15:00:00", in: "Australia/Lord_Howe") == ["2026-10-03T15:30:00"])
        #expect(
            try next("45 2 * * *", after: "2026-10-03T15:00:00", in: "Australia/Lord_Howe") == ["2026-10-03T15:45:00"])
        #expect(
            try next("45 1 * * *", after: "2026-04-04T14:00:00", count: 2, in: "Australia/Lord_Howe")
                == ["2026-04-04T14:45:00", "2026-04-05T15:15:00"])
        #expect(try next("0 9 30 12 *", after: "2011-12-30T00:00:00", in: "Pacific/Apia") == ["2011-12-30T10:00:00"])
        #expect(
            try next("0 9 * * *", after: "2011-12-30T00:00:00", count: 2, in: "Pacific/Apia")
                == ["2011-12-30T10:00:00", "2011-12-30T19:00:00"])
        #expect(
            try next("0 12 21 8 *", after: "1993-08-20T00:00:00", in: "Pacific/Kwajalein") == ["1993-08-21T12:00:00"])
    }

    @Test("an interval is aligned to its anchor, and counts from the date asked about if it has none")
    func interval() throws {
        let anchor = try Self.date("2026-01-01T00:00:10")
        let schedule = Schedule.every(.seconds(90), anchoredAt: anchor)
        #expect(
            texts(schedule.nextTimes(2, after: try Self.date("2026-01-01T00:01:40"))) == [
                "2026-01-01T00:03:10", "2026-01-01T00:04:40",
            ])
        #expect(texts(schedule.nextTimes(1, after: try Self.date("2025-12-31T23:59:00"))) == ["2026-01-01T00:00:10"])
        #expect(schedule.next(after: anchor) == anchor.addingTimeInterval(90))
        let free = Schedule.every(.milliseconds(1500))
        #expect(free.next(after: anchor) == anchor.addingTimeInterval(1.5))
        #expect(free.anchored(at: anchor).next(after: anchor.addingTimeInterval(2)) == anchor.addingTimeInterval(3))
        #expect(schedule.anchored(at: .distantPast) == schedule)
        #expect(Schedule.every(.days(365 * 90)).next(after: .distantFuture) == nil)
    }

    @Test("a single time comes once")
    func once() throws {
        let at = try Self.date("2026-05-01T12:00:00")
        #expect(Schedule.once(at: at).nextTimes(3, after: at.addingTimeInterval(-1)) == [at])
        #expect(Schedule.once(at: at).next(after: at) == nil)
    }

    @Test("ticks are the times of a stretch, bounded by a limit; the latest of them is found without counting")
    func ticks() throws {
        let (start, end) = (try Self.date("2026-01-01T00:00:00"), try Self.date("2026-01-01T01:00:00"))
        let schedule = Schedule.crontab("*/20 * * * *")
        #expect(
            texts(schedule.ticks(after: start, through: end)) == [
                "2026-01-01T00:20:00", "2026-01-01T00:40:00", "2026-01-01T01:00:00",
            ])
        #expect(schedule.ticks(after: start, through: end, limit: 2).count == 2)
        #expect(schedule.latestTick(after: start, through: end) == end)
        #expect(schedule.latestTick(after: start, through: start.addingTimeInterval(60)) == nil)
        #expect(schedule.latestTick(after: end, through: start) == nil)
    }

    @Test("the latest tick is the last of all ticks, for any stretch and schedule", arguments: samples)
    func latest(schedule: Schedule) throws {
        var generator = SeededGenerator(seed: announcedSeed("latest tick"))
        for _ in 0..<10 {
            let start = Date(timeIntervalSince1970: Double.random(in: 1.7e9...1.8e9, using: &generator).rounded())
            let end = start.addingTimeInterval(Double.random(in: 0...3e5, using: &generator))
            let all = schedule.ticks(after: start, through: end, limit: .max)
            #expect(schedule.latestTick(after: start, through: end) == all.last)
            #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    static let samples: [Schedule] = [
        .every(.seconds(7001)), .every(.milliseconds(1_234_567), anchoredAt: .distantPast), .crontab("*/17 3-5 * * *"),
        .crontab("0 0 L * fri#2"), .solar(.sunrise, latitude: 70, longitude: 25),
        .once(at: Date(timeIntervalSince1970: 1.75e9)),
    ]

    @Test("dates beyond all calendars are answered, not trapped on")
    func extremes() throws {
        for schedule in Self.samples {
            for date in [
                Date.distantPast, .distantFuture, Date(timeIntervalSince1970: 1e300),
                Date(timeIntervalSince1970: -1e300),
            ] {
                _ = schedule.next(after: date)
                _ = schedule.latestTick(after: date, through: .distantFuture)
            }
        }
        #expect(Schedule.crontab("* * * * *").next(after: .distantFuture) == nil)
        #expect(try Zone("Europe/Berlin").offset(at: .distantPast) == .seconds(3208))
    }

}
