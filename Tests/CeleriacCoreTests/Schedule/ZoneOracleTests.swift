import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

/// Every zone of the machine against Python's `zoneinfo`, around every transition from 1970 to 2037.
@Suite(
    "Zones and Python's", .enabled(if: PythonOracle.isThere, "needs the virtual environment of the set-up script"),
    .timeLimit(.minutes(10)))
struct ZoneOracleTests {
    @Test("offsets, gaps and overlaps are what Python's zoneinfo says, for every zone and transition")
    func zones() async throws {
        var lines = OracleLines(try await PythonOracle.run("zones.py"))
        var check = ZoneCheck()
        while let line = lines.next() { try check.read(line) }
        #expect(check.zones > 400)
        #expect(check.transitions > 10_000)
        #expect(check.faults == [])
    }

    @Test("crontabs are due when a clock says so that is looked at every minute, around every transition")
    func ticks() async throws {
        var lines = OracleLines(try await PythonOracle.run("ticks.py"))
        var check = TickCheck()
        while let line = lines.next() { try check.read(line) }
        #expect(check.transitions > 10_000)
        #expect(check.faults == [])
    }
}

/// Reads the lines of `zones.py`.
private struct ZoneCheck {
    private(set) var zones = 0
    private(set) var transitions = 0
    /// The first twenty.
    private(set) var faults: [String] = []

    private var paths: [String] = []
    private var known: [String: Zone] = [:]
    private var zone = Zone.utc

    mutating func read(_ line: ArraySlice<UInt8>) throws {
        switch line.first {
        case UInt8(ascii: "p"): paths.append(OracleLines.words(line)[1])
        case UInt8(ascii: "z"): try read(zone: OracleLines.words(line))
        case UInt8(ascii: "a"): checkOffsets(OracleLines.numbers(line)[0])
        default: checkWall(OracleLines.numbers(line)[0])
        }
    }

    private mutating func read(zone words: [String]) throws {
        zone = try Zone(words[1], in: ZoneFolders(paths: paths))
        zones += 1
        known[zone.identifier] = zone
        if let equal = known[words[2]], equal.rules != zone.rules { report("\(zone) is not \(equal)") }
    }

    private mutating func checkOffsets(_ numbers: [Int]) {
        transitions += 1
        let instants = [numbers[0] - 1, numbers[0], numbers[0] + 3600]
        let found = instants.map { zone.rules.offset(at: $0) }
        if found != Array(numbers[1...]) { report("\(zone) at \(numbers[0]): \(found), not \(numbers[1...])") }
    }

    private mutating func checkWall(_ numbers: [Int]) {
        let found = zone.rules.instants(of: numbers[0])
        if found[...] != numbers[1...] { report("\(zone), wall \(numbers[0]): \(found), not \(numbers[1...])") }
    }

    private mutating func report(_ fault: String) { if faults.count < 20 { faults.append(fault) } }
}

/// Reads the lines of `ticks.py`.
private struct TickCheck {
    private(set) var transitions = 0
    private(set) var faults: [String] = []

    private var crontabs: [Crontab] = []
    private var cases: [[[Int]]] = []
    private var zone = Zone.utc

    mutating func read(_ line: ArraySlice<UInt8>) throws {
        if line.starts(with: "case".utf8) {
            cases.append(OracleLines.numbers(line))
        } else if line.starts(with: "near".utf8) {
            check(cases[OracleLines.numbers(line)[0][1]])
        } else if line.starts(with: "crontab".utf8) {
            crontabs.append(try Crontab(String(decoding: line.dropFirst(8), as: UTF8.self), days: .either))
        } else {
            zone = try Zone(OracleLines.words(line)[1])
        }
    }

    private mutating func check(_ expected: [[Int]]) {
        transitions += 1
        for (crontab, expected) in zip(crontabs, expected.dropFirst().map { ($0, expected[0]) }) {
            let clock = CronClock(times: crontab.times, rules: zone.rules)
            let (first, last) = (expected.1[1], expected.1[2])
            let found = Array(sequence(first: first, next: clock.next).lazy.dropFirst().prefix { $0 <= last })
            guard found != expected.0, faults.count < 20 else { continue }
            faults.append("\(crontab) in \(zone) after \(first): \(found), not \(expected.0)")
        }
    }
}
