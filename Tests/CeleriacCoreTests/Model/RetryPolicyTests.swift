import CeleriacCore
import Testing

@Suite("Retry policies")
struct RetryPolicyTests {
    static let policies: [RetryPolicy] = [
        .fixed(.seconds(3), maxRetries: nil), .intervals([.seconds(1), .seconds(5), .seconds(5)]),
        .exponential(maxRetries: nil),
        .exponential(maxRetries: nil, base: .milliseconds(10), factor: 1.5, cap: .hours(1)),
        .exponential(maxRetries: nil, base: .seconds(5), factor: 1, cap: .seconds(60)),
        .exponential(maxRetries: nil, base: .zero), .exponential(maxRetries: nil, factor: 1e300),
    ]

    @Test("the pause never shrinks, and never passes its cap, however many retries there were")
    func isMonotoneAndBounded() {
        for policy in Self.policies {
            var last = Duration.zero
            for retries in 0..<2000 {
                let pause = policy.fullPause(afterRetries: retries)
                #expect(pause >= last)
                #expect(pause <= .hours(1))
                last = pause
            }
        }
        #expect(RetryPolicy.exponential(maxRetries: nil).fullPause(afterRetries: 1_000_000) == .minutes(10))
    }

    @Test("an exponential pause doubles: 1, 2, 4, 8, 16 seconds")
    func doubles() {
        let policy = RetryPolicy.exponential()
        #expect((0..<5).map { policy.fullPause(afterRetries: $0) } == [1, 2, 4, 8, 16].map { .seconds($0) })
    }

    @Test("the cap is never below the base, unless it is set")
    func capsAtTheBase() {
        let hourly = RetryPolicy.exponential(base: .hours(1))
        #expect((0..<3).map { hourly.fullPause(afterRetries: $0) } == Array(repeating: .hours(1), count: 3))
        #expect(RetryPolicy.exponentialJitter(base: .hours(1)).fullPause(afterRetries: 2) == .hours(1))
        let capped = RetryPolicy.exponential(base: .hours(1), cap: .minutes(30))
        #expect(capped.fullPause(afterRetries: 0) == .minutes(30))
    }

    @Test("a policy that makes no sense stops the program where it is made, and says what is wrong")
    func refusesNonsense() async throws {
        let stopped = try #require(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = RetryPolicy.exponential(factor: 0.5)
            })
        #expect(String(decoding: stopped.standardErrorContent, as: UTF8.self).contains("factor"))
        await #expect(processExitsWith: .failure) { _ = RetryPolicy.exponential(factor: .nan) }
        await #expect(processExitsWith: .failure) { _ = RetryPolicy.exponential(base: .seconds(-1)) }
        await #expect(processExitsWith: .failure) { _ = RetryPolicy.exponential(cap: .seconds(-1)) }
        await #expect(processExitsWith: .failure) { _ = RetryPolicy.fixed(.seconds(-1)) }
        await #expect(processExitsWith: .failure) { _ = RetryPolicy.intervals([.seconds(1), .seconds(-1)]) }
        await #expect(processExitsWith: .failure) { _ = RetryPolicy(maxRetries: -3, backoff: .fixed(.zero)) }
        await #expect(processExitsWith: .failure) {
            var policy = RetryPolicy.none
            policy.backoff = .exponential(base: .seconds(1), factor: 0.5, cap: .seconds(9))
        }
    }

    @Test("full jitter draws from zero to the full pause, and uses all of it")
    func drawsJitter() throws {
        var generator = SeededGenerator(seed: announcedSeed("full jitter"))
        let policy = RetryPolicy.exponentialJitter(maxRetries: nil)
        for retries in 0..<12 {
            let full = policy.fullPause(afterRetries: retries)
            let pauses = (0..<500).compactMap { _ in policy.pause(afterRetries: retries, using: &generator) }
            #expect(pauses.allSatisfy { $0 >= .zero && $0 <= full })
            #expect(try #require(pauses.min()) < full / 4)
            #expect(try #require(pauses.max()) > full / 4 * 3)
        }
    }

    @Test("there are as many retries as it says, and no more")
    func countsRetries() {
        var generator = SeededGenerator(seed: 1)
        func count(_ policy: RetryPolicy) -> Int {
            (0...).first { policy.pause(afterRetries: $0, using: &generator) == nil } ?? -1
        }
        #expect(count(.none) == 0)
        #expect(count(.fixed(.seconds(1), maxRetries: 10)) == 10)
        #expect(count(.intervals([.seconds(1), .seconds(2)])) == 2)
        #expect(count(.intervals([])) == 0)
        #expect(count(.exponentialJitter(maxRetries: 5)) == 5)
        #expect(RetryPolicy.fixed(.seconds(1), maxRetries: nil).pause(afterRetries: .max, using: &generator) != nil)
    }

    private struct Temporary: Error {}
    private struct Permanent: Error {}
    private struct Other: Error {}

    @Test("the first rule that fits an error decides")
    func decidesByType() {
        #expect(RetryPolicy.fixed(.zero).reaction(to: Other()) == .retry)
        let policy = RetryPolicy.fixed(.zero).discarding(Permanent.self).deadLettering(Other.self)
        #expect(policy.reaction(to: Permanent()) == .discard)
        #expect(policy.reaction(to: Other()) == .deadLetter)
        #expect(policy.reaction(to: Temporary()) == .retry)
        let only = RetryPolicy.fixed(.zero).discarding(Permanent.self).retryingOnly(Temporary.self)
        #expect(only.reaction(to: Temporary()) == .retry)
        #expect(only.reaction(to: Permanent()) == .discard)
        #expect(only.reaction(to: Other()) == .deadLetter)
    }
}
