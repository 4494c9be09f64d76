import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("Schedules as JSON")
struct ScheduleCodingTests {
    static let documents: [(String, Schedule)] = [
        (#"{"kind":"every","seconds":300.0}"#, .every(.minutes(5))),
        (
            #"{"kind":"every","seconds":0.25,"anchor":"2001-01-01T00:00:00+00:00"}"#,
            .every(.milliseconds(250), anchoredAt: Date(timeIntervalSinceReferenceDate: 0))
        ),
        (
            #"{"kind":"crontab","fields":"30 2 * * mon-fri","days":"either","zone":"Europe/Berlin"}"#,
            .crontab("30 2 * * mon-fri", in: try! Zone("Europe/Berlin"))  // a zone that every machine with tzdata has
        ),
        (
            #"{"kind":"crontab","fields":"0 0 13 * 5","days":"both","zone":"UTC"}"#,
            .crontab(try! Crontab("0 0 13 * 5", days: .both))  // a literal
        ),
        (
            #"{"kind":"solar","event":"dusk_civil","latitude":52.5,"longitude":-13.25}"#,
            .solar(.duskCivil, latitude: 52.5, longitude: -13.25)
        ),
        (#"{"kind":"once","at":"2001-01-01T00:00:01.5+00:00"}"#, .once(at: Date(timeIntervalSinceReferenceDate: 1.5))),
    ]

    @Test("a schedule survives a store", arguments: documents)
    func roundTrip(text: String, schedule: Schedule) throws {
        let written = try JSONCoding.encode(schedule)
        #expect(try JSONCoding.decode(Schedule.self, from: written) == schedule)
        #expect(try JSONCoding.decode(Schedule.self, from: Array(text.utf8)) == schedule)
        #expect(try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(schedule)) == schedule)
        #expect(try members(written) == members(Array(text.replacing("1.5+", with: "1.500000+").utf8)))
    }

    private func members(_ text: [UInt8]) throws -> JSONValue { try JSONValue(parsing: text) }

    @Test(
        "what is no schedule is refused with the reason",
        arguments: [
            (#"{"kind":"often"}"#, "often"), (#"{"kind":"every","seconds":0}"#, "interval"),
            (#"{"kind":"every","seconds":1e300}"#, "interval"),
            (#"{"kind":"every","seconds":60,"anchor":"soon"}"#, "ISO 8601"),
            (#"{"kind":"crontab","fields":"61 * * * *"}"#, "minute"),
            (#"{"kind":"crontab","fields":"* * * * *","zone":"Europe/Atlantis"}"#, "Europe/Atlantis"),
            (#"{"kind":"crontab","fields":"* * * * *","zone":"../../etc/passwd"}"#, "not the name of a time zone"),
            (#"{"kind":"solar","event":"sunset","latitude":91,"longitude":0}"#, "latitude must be"),
            (#"{"kind":"once"}"#, "at"),
        ])
    func refused(text: String, reason: String) throws {
        let error = try #require(throws: DecodingError.self) {
            try JSONCoding.decode(Schedule.self, from: Array(text.utf8))
        }
        #expect("\(error)".contains(reason), "\(error)")
    }

    @Test("a crontab without a zone is UTC's, and Unix's rule of days holds")
    func defaults() throws {
        let schedule = try JSONCoding.decode(Schedule.self, from: Array(#"{"kind":"crontab","fields":"@daily"}"#.utf8))
        #expect(schedule == .crontab("0 0 * * *"))
    }
}
