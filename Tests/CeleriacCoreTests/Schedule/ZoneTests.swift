import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("Zones")
struct ZoneTests {
    private func date(_ text: String) throws -> Date { try #require(ISODate.parse(text)) }

    @Test("a zone knows its offset, its clocks, its gaps and its overlaps")
    func berlin() throws {
        let berlin = try Zone("Europe/Berlin")
        #expect(berlin.offset(at: try date("2026-01-01")) == .hours(1))
        #expect(berlin.offset(at: try date("2026-07-01")) == .hours(2))
        #expect(berlin.wallTime(at: try date("2026-07-01T22:30:05")).description == "2026-07-02 00:30:05")
        #expect(berlin.instants(of: try #require(WallTime(2026, 3, 29, 2, 30))) == [])
        #expect(berlin.instants(of: try #require(WallTime(2026, 3, 29, 3, 0))) == [try date("2026-03-29T01:00:00")])
        #expect(
            berlin.instants(of: try #require(WallTime(2026, 10, 25, 2, 30)))
                == [try date("2026-10-25T00:30:00"), try date("2026-10-25T01:30:00")])
    }

    @Test("a rule goes on for centuries")
    func future() throws {
        let berlin = try Zone("Europe/Berlin")
        #expect(berlin.offset(at: try date("2399-07-01")) == .hours(2))
        #expect(berlin.offset(at: try date("2399-12-01")) == .hours(1))
    }

    @Test("UTC needs no file")
    func utc() throws {
        #expect(try Zone("UTC") == .utc)
        #expect(Zone.utc.offset(at: .distantFuture) == .zero)
    }

    @Test(
        "a name that would lead elsewhere is no name",
        arguments: [
            "", "/etc/passwd", "../etc/passwd", "Europe/../../etc/passwd", "Europe//Berlin", "Europe/", ".", "./UTC",
            "Europe/.hidden",
            "Europe/Ber lin", "Europe\\Berlin", "Zürich", "a\u{0}b", String(repeating: "x", count: 101),
        ])
    func badName(name: String) throws {
        let error = try #require(throws: CeleriacError.self) { try Zone(name) }
        #expect(error.code == .invalidName)
    }

    @Test(
        "a zone that is not there is an error that says where it was looked for and what to do",
        arguments: ["Europe/Atlantis", "Europe"])
    func unknown(name: String) throws {
        let error = try #require(throws: CeleriacError.self) { try Zone(name) }
        #expect(error.code == .unknownZone)
        #expect(
            error.message.contains(name) && error.message.contains("/usr/share/zoneinfo")
                && error.message.contains("tzdata"))
    }

    @Test("a file that is no zone is an error that names it")
    func malformed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-zones-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("no zone at all, but long enough to have a header".utf8).write(to: folder.appending(path: "Bad"))
        try Data(count: 300_000).write(to: folder.appending(path: "Large"))
        for name in ["Bad", "Large"] {
            let error = try #require(throws: CeleriacError.self) {
                try Zone(name, in: ZoneFolders(paths: [folder.path]))
            }
            #expect(error.code == .malformedZone)
            #expect(error.message.contains("\(folder.path)/\(name)"))
        }
    }

    @Test("names of wall times that do not exist are refused")
    func wallTimes() {
        #expect(WallTime(2026, 2, 29) == nil)
        #expect(WallTime(2026, 1, 1, 24) == nil)
        #expect(WallTime(2026, 1, 1, 0, 60) == nil)
        #expect(WallTime(2028, 2, 29, 23, 59, 59)?.description == "2028-02-29 23:59:59")
    }
}
