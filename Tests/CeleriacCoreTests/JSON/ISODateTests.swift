import CeleriacCore
import Foundation
import Testing

@Suite("ISO dates")
struct ISODateTests {
    /// Made with `dateutil.parser.isoparse` 2.9.0, naive times taken as UTC: text, microseconds since 1970.
    static let golden: [(String, Int)] = [
        ("2030-01-02T03:04:05.678901+00:00", 1_893_553_445_678_901),
        ("2030-01-02T03:04:05+00:00", 1_893_553_445_000_000),
        ("2030-01-02T03:04:05", 1_893_553_445_000_000), ("2030-01-02T03:04", 1_893_553_440_000_000),
        ("2030-01-02", 1_893_542_400_000_000), ("2030-01", 1_893_456_000_000_000), ("2030", 1_893_456_000_000_000),
        ("20300102", 1_893_542_400_000_000), ("20300102T030405", 1_893_553_445_000_000),
        ("20300102T030405.5Z", 1_893_553_445_500_000), ("2030-01-02 03:04:05+05:45", 1_893_532_745_000_000),
        ("2030-01-02T03:04:05-0230", 1_893_562_445_000_000), ("2030-01-02T03:04:05+00", 1_893_553_445_000_000),
        ("2030-01-02T03:04:05.1234567890Z", 1_893_553_445_123_456), ("2030-01-02T03:04:05,25Z", 1_893_553_445_250_000),
        ("2030-01-02T24:00:00Z", 1_893_628_800_000_000), ("2024-02-29T12:00Z", 1_709_208_000_000_000),
        ("0001-01-01T00:00:00+00:00", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999+00:00", 253_402_300_799_999_999), ("1969-12-31T23:59:59.5Z", -500_000),
        ("2000-02-29", 951_782_400_000_000), ("2030-01-02T03Z", 1_893_553_200_000_000),
    ]

    @Test("what dateutil reads is read as the same point in time", arguments: golden)
    func reads(text: String, microseconds: Int) throws {
        let date = try #require(ISODate.parse(text))
        // Dates count seconds from 2001 on.
        #expect(date == Date(timeIntervalSinceReferenceDate: Double(microseconds - 978_307_200_000_000) / 1e6))
    }

    @Test(
        "what dateutil refuses is refused",
        arguments: [
            "2030-13-01", "2030-02-30", "2023-02-29", "2030-01-02T25:00", "2030-01-02T24:00:01", "2030-01-02T03:60",
            "2030-01-02T03:04:60", "1893456000", "not a date", "", "2030-01-02T", "2030-01-02T03:04:05+",
            "2030-01-02T03:04:05 UTC", "2030-01-02T03:04:05.Z", "2030-1-2", "2030-01-02T03:04:05+24:00", "+2030-01-02",
            "0000-01-01", "1900-02-29", "2030-01-02T03:04:05+00:60",
        ])
    func refuses(text: String) {
        #expect(ISODate.parse(text) == nil)
    }

    @Test("days of all years from 1 to 9999 follow on each other and come back")
    func roundTripsDays() throws {
        var date = try #require(ISODate.parse("0001-01-01"))
        let end = try #require(ISODate.parse("9999-12-31"))
        var broken: [String] = []
        var last = ""
        // 23 days: every year is met, in all its months over the years, and leap days too.
        while date <= end {
            let text = ISODate.text(date)
            if ISODate.parse(text) != date || text <= last { broken.append(text) }
            last = text
            date.addTimeInterval(23 * 86_400)
        }
        #expect(broken.isEmpty)
    }

    @Test("its days are those of Foundation's calendar", arguments: [1900, 1999, 2000, 2024, 2100, 2400, 9999])
    func agreesWithFoundation(year: Int) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for (month, day) in [(1, 1), (2, 28), (3, 1), (6, 30), (12, 31)] {
            let date = try #require(DateComponents(calendar: calendar, year: year, month: month, day: day).date)
            #expect(ISODate.parse(ISODate.text(date)) == date)
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
            #expect(ISODate.text(date) == text + "T00:00:00+00:00")
        }
    }

    @Test("a fraction is written to the microsecond, and not at all where it is zero")
    func writesFractions() {
        #expect(ISODate.text(Date(timeIntervalSince1970: 0)) == "1970-01-01T00:00:00+00:00")
        #expect(ISODate.text(Date(timeIntervalSince1970: 0.000001)) == "1970-01-01T00:00:00.000001+00:00")
        #expect(ISODate.text(Date(timeIntervalSince1970: 0.9999999)) == "1970-01-01T00:00:01+00:00")
        #expect(ISODate.text(Date(timeIntervalSince1970: -0.25)) == "1969-12-31T23:59:59.750000+00:00")
    }
}
