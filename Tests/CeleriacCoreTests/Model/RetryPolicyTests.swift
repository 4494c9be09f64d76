import CeleriacCore
import Testing

@Suite("Retry policies")
struct RetryPolicyTests {
    static let policies: [RetryPolicy] = [
        .fixed(.seconds(3), maxRetries: nil), .intervals([.seconds(1), .seconds(5), .seconds(5)]),
        .exponential(maxRetries: nil),
        .exponential(maxRetries: nil, base: .milliseconds(10), factor: 1.5, cap: .hours(1)),
        .exponential(maxRetries: nil, base: .seconds(5), factor: 0.1, cap: .seconds(60)),
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
        #expect(count(RetryPolicy(maxRetries: -3, backoff: .fixed(.zero))) == 0)
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
