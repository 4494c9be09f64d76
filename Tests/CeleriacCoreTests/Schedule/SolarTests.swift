import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("The sun")
struct SolarTests {
    @Test("all of Celery's events are where ephem sees them, to two minutes, from the equator into the polar night")
    func ephem() throws {
        let url = Bundle.module.url(forResource: "sun-ephem-4.2.1", withExtension: "txt", subdirectory: "Fixtures")
        let lines = try String(contentsOf: try #require(url), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 252)
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            let event = try #require(SolarEvent(rawValue: words[0]))
            let (latitude, longitude) = (try #require(Double(words[1])), try #require(Double(words[2])))
            let schedule = Schedule.solar(event, latitude: latitude, longitude: longitude)
            let (start, expected) = (try #require(ISODate.parse(words[3])), try #require(ISODate.parse(words[4])))
            let found = try #require(schedule.next(after: start))
            let isNear = abs(found.timeIntervalSince(expected)) <= 120
            let place = SolarPlace(latitude: latitude, longitude: longitude)
            #expect(isNear || isGrazed(event, at: expected, in: place), "\(line), but \(ISODate.text(found))")
        }
    }

    /// Whether the sun only just gets down to the event's altitude that night, to a hundredth of a degree: then a night more
    /// or less is within our accuracy.
    private func isGrazed(_ event: SolarEvent, at date: Date, in place: SolarPlace) -> Bool {
        [-600, 0, 600].allSatisfy { seconds in
            let altitude = asin(place.sineOfAltitude(at: date.timeIntervalSince1970 + seconds)) / .pi * 180
            return abs(altitude - event.altitude) < 0.1
        } && abs(asin(place.sineOfAltitude(at: date.timeIntervalSince1970)) / .pi * 180 - event.altitude) < 0.01
    }

    @Test("each event comes once a day, in order, at whole seconds", arguments: SolarEvent.allCases)
    func daily(event: SolarEvent) throws {
        let schedule = Schedule.solar(event, latitude: 35.7, longitude: 139.7)
        let times = schedule.nextTimes(400, after: Date(timeIntervalSince1970: 1_767_225_600.5))
        #expect(times.count == 400)
        for (time, next) in zip(times, times.dropFirst()) {
            #expect((86_100...86_700).contains(next.timeIntervalSince(time)))
            #expect(time.timeIntervalSince1970.rounded() == time.timeIntervalSince1970)
        }
    }

    @Test("in the polar night the next sunrise is weeks away")
    func polarNight() throws {
        let start = try #require(ISODate.parse("2026-12-01"))
        let sunrise = try #require(Schedule.solar(.sunrise, latitude: 69.65, longitude: 18.96).next(after: start))
        #expect((40...50).contains(sunrise.timeIntervalSince(start) / 86_400))
    }

    @Test("no place of the earth makes it trap", arguments: [-90.0, -89.99, 0, 89.99, 90])
    func edges(latitude: Double) {
        for event in SolarEvent.allCases {
            for longitude in [-180.0, 0, 180] {
                _ = Schedule.solar(event, latitude: latitude, longitude: longitude).next(after: .distantPast)
            }
        }
    }
}
