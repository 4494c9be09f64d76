import Foundation
@testable import PostgresClient
import TestKit
import Testing

@Suite("moments")
struct MomentTests {
    @Test("a time within 247 years of 2000 comes back to the microsecond")
    func roundTrip() {
        var chance = Chance()
        for _ in 0..<10_000 {
            let microseconds = Int64.random(in: -7_800_000_000_000_000...7_800_000_000_000_000, using: &chance)
            #expect(PostgresMoment(PostgresMoment(microseconds: microseconds).date).microseconds == microseconds)
        }
    }

    @Test(
        "times are ordered as dates are, to the ends of the range and beyond",
        arguments: [
            -Double.infinity, -1e300, -1e13, -1, 0, 0.25, 1e9, 9e12, 1e300, .infinity,
        ])
    func ordered(seconds: Double) {
        let moment = PostgresMoment(Date(timeIntervalSinceReferenceDate: seconds))
        let next = PostgresMoment(Date(timeIntervalSinceReferenceDate: seconds.nextUp + 1))
        #expect(moment.microseconds <= next.microseconds)
        #expect((-211_813_488_000_000_000...9_223_371_331_199_999_999).contains(moment.microseconds))
    }

    @Test("the ends of the range are kept")
    func ends() {
        for microseconds: Int64 in [-211_813_488_000_000_000, 9_223_371_331_000_000_000] {
            #expect(PostgresMoment(PostgresMoment(microseconds: microseconds).date).microseconds == microseconds)
        }
    }

    @Test("a date that is no number is clamped, not a trap")
    func notANumber() {
        #expect(PostgresMoment(Date(timeIntervalSinceReferenceDate: .nan)).microseconds == -211_813_488_000_000_000)
    }
}
