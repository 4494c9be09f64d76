@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore
import CeleriacPool
import Foundation
import Testing

@Suite("Verdicts, pure")
struct VerdictTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let failure = TaskFailure(type: "Hiccup", message: "hiccup")

    private func verdict(on outcome: Outcome, retries: Int = 0, _ policy: RetryPolicy = .none) -> Verdict {
        var headers = MessageHeaders(id: "1", task: "t")
        headers.retries = retries
        var generator = SystemRandomNumberGenerator()
        return Verdict(
            on: outcome, of: Envelope(headers: headers, body: []), under: policy, now: now, using: &generator)
    }

    @Test("success is acknowledged with its result")
    func success() {
        let verdict = verdict(on: .success([1]))
        #expect(verdict.settlement == .ack && verdict.state == .success && verdict.result == [1])
    }

    @Test("an interrupted attempt is released at once and leaves no state")
    func interrupted() {
        let verdict = verdict(on: .interrupted)
        #expect(verdict.settlement == .release() && verdict.state == .pending)
    }

    @Test("an attempt whose lease is lost changes nothing")
    func leaseLost() {
        let verdict = verdict(on: .leaseLost)
        #expect(verdict.settlement == nil && verdict.state == .pending)
    }

    @Test("a retry counts up, remembers the failure and waits as the policy says")
    func retry() throws {
        let verdict = verdict(on: .failure(failure, .retry), retries: 1, .exponential(maxRetries: 5, base: .seconds(2)))
        guard case .again(let envelope, let notBefore, _, let isAsked) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(notBefore == now.addingTimeInterval(4) && !isAsked)
        #expect(verdict.settlement == .retry(envelope, notBefore: notBefore))
        #expect(envelope.retries == 2)
        #expect(envelope.headers.eta == notBefore)
        #expect(envelope.headers.history == [FailedAttempt(attempt: 2, at: now, type: "Hiccup", message: "hiccup")])
        #expect(verdict.state == .retry)
    }

    @Test("after the last retry the call is parked, or dropped where the policy says so")
    func lastRetry() {
        #expect(verdict(on: .failure(failure, .retry)).settlement == .deadLetter(reason: "Hiccup: hiccup"))
        var policy = RetryPolicy.none
        policy.afterLastRetry = .discard
        #expect(verdict(on: .failure(failure, .retry), policy).settlement == .ack)
    }

    @Test("a retry that a task asks for is told from one of its policy, and granted three times without one")
    func askedRetry() {
        let asked = verdict(on: .retry(failure, pause: .seconds(7)), retries: 2)
        guard case .again(let envelope, let then, let reason, let isAsked) = asked else {
            Issue.record("\(asked)")
            return
        }
        #expect(isAsked && asked.isAskedRetry && then == now.addingTimeInterval(7))
        #expect(envelope.retries == 3 && reason == failure)
        let last = verdict(on: .retry(failure, pause: nil), retries: 3)
        #expect(last.settlement == .deadLetter(reason: "Hiccup: hiccup") && last.isAskedRetry)
        #expect(!verdict(on: .failure(failure, .retry)).isAskedRetry)
        var policy = RetryPolicy.none
        policy.afterLastRetry = .discard
        let dropped = verdict(on: .retry(failure, pause: nil), retries: 3, policy)
        #expect(dropped.settlement == .ack && dropped.isAskedRetry)
    }

    @Test("a snooze comes back at its time, counts no attempt and leaves no failure")
    func snooze() {
        let verdict = verdict(on: .snooze(.seconds(9)), retries: 1)
        guard case .later(let envelope, let then, nil) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(then == now.addingTimeInterval(9) && envelope.headers.eta == then && envelope.retries == 1)
        #expect(verdict.state == .pending && verdict.failure == nil)
    }

    @Test("the history of a call is bounded")
    func history() {
        var envelope = Envelope(headers: MessageHeaders(id: "1", task: "t"), body: [])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let verdict = Verdict(
                on: .failure(failure, .retry), of: envelope, under: .fixed(.zero, maxRetries: nil), now: now,
                using: &generator
            )
            if case .again(let again, _, _, _) = verdict { envelope = again }
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
