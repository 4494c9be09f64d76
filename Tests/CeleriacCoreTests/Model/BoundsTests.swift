import CeleriacCore
import Foundation
import Testing

@Suite("Numbers from outside")
struct BoundsTests {
    private static let seconds: [Double] = [1e300, -1e300, .infinity, -.infinity, .nan, 0, -1, 9.3e18, -9.3e18]
    private static let counts = [Int.min, .min + 1, -1, 0, 1, .max - 1, .max]

    @Test("any number of seconds is a duration and a date that can be calculated with", arguments: seconds)
    func boundsSeconds(seconds: Double) {
        let duration = Duration.bounded(seconds: seconds)
        #expect((duration + duration).components.seconds.magnitude <= 2_000_000_000_000)
        let date = Date(timeIntervalSinceReferenceDate: seconds).bounded
        #expect(Duration.bounded(seconds: date.timeIntervalSinceNow) + duration < .seconds(9e12))
        #expect(Int(wholeSeconds: seconds).magnitude <= 1_000_000_000_000)
    }

    @Test("what lies within the bounds stays as it is")
    func keeps() {
        let date = Date(timeIntervalSinceReferenceDate: 812_345_678.123)
        #expect(date.bounded == date && Duration.bounded(seconds: 2.5) == .seconds(2.5))
        #expect(Int(count: 7) == 7 && Int(wholeSeconds: 6.2) == 7)
    }

    @Test("a policy has a pause after any number of retries, and finds it at once", arguments: counts)
    func pauses(retries: Int) {
        for backoff: RetryPolicy.Backoff in [
            .fixed(.seconds(1)), .intervals([.seconds(1), .seconds(2)]), .intervals([]),
            .exponential(base: .seconds(1), factor: 2, cap: .minutes(10)),
            .exponential(base: .seconds(1), factor: 1, cap: .minutes(10)),
            .exponential(base: .zero, factor: 2, cap: .minutes(10)),
        ] {
            let pause = RetryPolicy(maxRetries: nil, backoff: backoff).fullPause(afterRetries: retries)
            #expect(pause >= .zero && pause <= .minutes(10))
        }
        let own = JobRetry(max: .max, intervals: [.seconds(3), .seconds(5)]).pause(afterRetries: retries, atMost: .max)
        #expect(own.map { $0 >= .seconds(3) } ?? (retries == .max))
    }

    @Test("a rate of any size has an interval", arguments: ["1e-300/h", "1e300/s", "0.0000001/h", "1e-320/s"])
    func rates(text: String) throws {
        let limit = try #require(RateLimit(text))
        #expect(limit.interval >= .zero && (limit.interval * 1_000).components.seconds >= 0)
    }

    @Test("a call's own retries are bounded by its worker, and pause once there have been ten of them")
    func boundsRetries() {
        let greedy = JobRetry(max: 1_000_000)
        #expect(greedy.pause(afterRetries: 9) == .zero)
        #expect(greedy.pause(afterRetries: 10) == JobRetry.leastPause)
        #expect(greedy.pause(afterRetries: 99) == JobRetry.leastPause)
        #expect(greedy.pause(afterRetries: 100) == nil)
        #expect(greedy.pause(afterRetries: 3, atMost: 3) == nil)
        #expect(JobRetry(max: 30, intervals: [.seconds(9)]).pause(afterRetries: 20) == .seconds(9))
    }
}
