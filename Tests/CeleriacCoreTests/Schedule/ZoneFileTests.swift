import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("Zone files")
struct ZoneFileTests {
    /// A file of version 2 without transitions.
    private func file(footer: String, type: [UInt8] = [0, 0, 0, 0, 0, 0], version: String = "2") -> [UInt8] {
        let header = Array("TZif\(version)".utf8) + [UInt8](repeating: 0, count: 15)
        let counts: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
        let block = header + counts + type + Array("UTC\0".utf8)
        return block + block + Array("\n\(footer)\n".utf8)
    }

    private func offsets(_ footer: String, _ dates: String...) throws -> [Int] {
        let rules = try ZoneFile.rules(in: file(footer: footer))
        return try dates.map { rules.offset(at: Instant.second(try #require(ISODate.parse($0)))) }
    }

    @Test("footers of every shape")
    func footers() throws {
        #expect(try offsets("<+0330>-3:30", "2026-01-01") == [12_600])
        #expect(
            try offsets(
                "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59", "2026-03-29T01:00:00", "2026-10-25T00:59:59",
                "2026-10-25T01:00:00")
                == [3600, 7200, 7200, 3600])
        // Greenland before 2024: at -2 and -1 o'clock of Sunday, on Saturday.
        #expect(
            try offsets(
                "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2022-03-27T00:59:59", "2022-03-27T01:00:00", "2022-10-30T00:59:59",
                "2022-10-30T01:00:00")
                == [-10_800, -7200, -7200, -10_800])
        // Dublin: winter time is the saving, an hour behind.
        #expect(
            try offsets(
                "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01", "2026-07-01", "2026-10-25T00:59:59", "2026-10-25T01:00:00")
                == [0, 3600, 3600, 0])
        // Gaza's rules have weeks of more than 24 hours.
        #expect(
            try offsets("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-27T23:59:59", "2026-03-28T00:00:00") == [
                7200, 10_800,
            ])
        #expect(
            try offsets("AAA3BBB,J60/0,J300/0", "2028-03-01T02:59:59", "2028-03-01T03:00:00", "2027-03-01T03:00:00")
                == [-10_800, -7200, -7200])
        #expect(
            try offsets("AAA3BBB,59/0,300/0", "2028-02-29T02:59:59", "2028-02-29T03:00:00", "2027-03-01T03:00:00") == [
                -10_800, -7200, -7200,
            ])
        // Summer time all the year round (RFC 9636, 3.3.1).
        #expect(
            try offsets("XXX3EDT4,0/0,J365/23", "2026-01-01", "2026-12-31T23:59:59", "2027-07-01") == [
                -14_400, -14_400, -14_400,
            ])
        #expect(try offsets("", "2026-01-01") == [0])
    }

    @Test(
        "a footer that is none is refused",
        arguments: [
            "X", "CET", "CET-", "<+0330-3:30", "CET-25", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
            "CET-1CEST,M3.6.0,M10.5.0",
            "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1", "CET-1CEST,366,1", "CET-1CEST,M3.5.0/168,M10.5.0",
            "CET-1CEST,M3.5.0,M10.5.0,", "CET-1:60",
            "CET-99999999999999999999", "EST5EDT", "é-1",
        ])
    func badFooter(footer: String) {
        #expect(throws: ZoneError.self) { try ZoneFile.rules(in: file(footer: footer)) }
    }

    @Test("offsets beyond a day, and leap seconds, are refused")
    func absurd() {
        #expect(throws: ZoneError.self) {
            try ZoneFile.rules(in: file(footer: "", type: [0x7F, 0xFF, 0xFF, 0xFF, 0, 0]))
        }
        #expect(throws: ZoneError.self) { try ZoneFile.rules(in: file(footer: "", type: [0x80, 0, 0, 0, 0, 0])) }
        var leaping = file(footer: "UTC0")
        leaping[31] = 1
        #expect(throws: ZoneError.self) { try ZoneFile.rules(in: leaping) }
    }

    @Test("no file makes the reader trap: real ones, cut short and with bytes changed")
    func fuzz() throws {
        var generator = SeededGenerator(seed: announcedSeed("zone files"))
        let seeds =
            [file(footer: "CET-1CEST,M3.5.0,M10.5.0/3")]
            + [try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Dublin"))].map(Array.init)
        for seed in seeds {
            for _ in 0..<1500 {
                var bytes = seed
                for _ in 0..<Int.random(in: 1...8, using: &generator) {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                        in: 0...255, using: &generator)
                }
                if Bool.random(using: &generator) {
                    bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
                }
                guard let rules = try? ZoneFile.rules(in: bytes) else { continue }
                let clock = CronClock(times: try Crontab("30 2 * * *").times, rules: rules)
                _ = clock.next(after: Int.random(in: -60_000_000_000...60_000_000_000, using: &generator))
                _ = rules.instants(of: 1_000_000_000)
            }
        }
    }
}
