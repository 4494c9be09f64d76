@testable import Celeriac
import CeleriacCore
import CeleriacPool
import Foundation
import Testing

@Suite("Decisions, pure")
struct DecisionTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let failure = TaskFailure(type: "Hiccup", message: "hiccup")

    private func decide(_ outcome: Outcome, retries: Int = 0, _ policy: RetryPolicy = .none) -> Decision {
        var headers = MessageHeaders(id: "1", task: "t")
        headers.retries = retries
        var generator = SystemRandomNumberGenerator()
        return .decide(outcome, of: Envelope(headers: headers, body: []), under: policy, now: now, using: &generator)
    }

    @Test("success is acknowledged with its result")
    func success() {
        let decision = decide(.success([1]))
        #expect(decision.settlement == .ack && decision.state == .success && decision.result == [1])
    }

    @Test("an interrupted attempt is released at once and leaves no state")
    func interrupted() {
        let decision = decide(.interrupted)
        #expect(decision.settlement == .release() && !decision.isRecorded)
    }

    @Test("an attempt whose lease is lost changes nothing")
    func leaseLost() {
        let decision = decide(.leaseLost)
        #expect(decision.settlement == nil && !decision.isRecorded)
    }

    @Test("a retry counts up, remembers the failure and waits as the policy says")
    func retry() throws {
        let decision = decide(.failure(failure, .retry), retries: 1, .exponential(maxRetries: 5, base: .seconds(2)))
        guard case .retry(let envelope, let notBefore) = decision.settlement else {
            Issue.record("\(decision)")
            return
        }
        #expect(notBefore == now.addingTimeInterval(4))
        #expect(envelope.retries == 2)
        #expect(envelope.headers.eta == notBefore)
        #expect(envelope.headers.history == [FailedAttempt(attempt: 2, at: now, type: "Hiccup", message: "hiccup")])
        #expect(decision.state == .retry)
    }

    @Test("after the last retry the call is parked, or dropped where the policy says so")
    func lastRetry() {
        #expect(decide(.failure(failure, .retry)).settlement == .deadLetter(reason: "Hiccup: hiccup"))
        var policy = RetryPolicy.none
        policy.afterLastRetry = .discard
        #expect(decide(.failure(failure, .retry), policy).settlement == .ack)
    }

    @Test("the history of a call is bounded")
    func history() {
        var envelope = Envelope(headers: MessageHeaders(id: "1", task: "t"), body: [])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let decision = Decision.decide(
                .failure(failure, .retry), of: envelope, under: .fixed(.zero, maxRetries: nil), now: now,
                using: &generator
            )
            if case .retry(let again, _) = decision.settlement { envelope = again }
        }
        #expect(envelope.retries == 100)
        #expect(envelope.headers.history.count == 25)
        #expect(envelope.headers.history.last?.attempt == 100)
    }

    @Test(
        "a pattern fits a name",
        arguments: [
            ("*", "anything", true), ("feed.*", "feed.import", true), ("feed.*", "feeds.import", false),
            ("*.import", "a.b.import", true), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false), ("", "", true),
            ("a", "", false), ("**", "x", true),
            (String(repeating: "a*", count: 40) + "b", String(repeating: "a", count: 5000), false),
        ])
    func route(pattern: String, name: String, fits: Bool) {
        #expect(TaskRoute(pattern, to: .default).fits(TaskName(name)) == fits)
    }
}
