import CeleriacPool

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Verdict {
    /// Judges an outcome. Pure, apart from the jitter of a pause.
    ///
    /// - Parameters:
    ///   - envelope: the delivery's.
    ///   - policy: the task's.
    ///   - messageRetries: the maximum number of retries that a message may ask for if the policy grants none.
    ///   - now: the wall clock.
    init(
        on outcome: Outcome, of envelope: Envelope, under policy: RetryPolicy,
        messageRetries: Int = JobRetry.usualMost, now: Date, using generator: inout some RandomNumberGenerator
    ) {
        let policies = Policies(policy, messageRetries)
        self =
            switch outcome {
            case .success(let result): .done(result)
            case .failure(let failure, .retry):
                Self.tried(failure, nil, envelope, policies, now, &generator)
            case .retry(let failure, let pause):
                Self.tried(failure, pause, isAsked: true, envelope, policies.forAsking, now, &generator)
            case .failure(let failure, .deadLetter): .ended(failure, isParked: true, envelope)
            case .failure(let failure, .discard): .ended(failure, isParked: false, envelope)
            case .rejected(let failure): .ended(failure, isParked: true, envelope)
            case .discarded(let failure): .ended(failure, isParked: false, envelope)
            case .snooze(let pause): .snoozed(until: now.adding(pause), envelope)
            case .replaced(let canvas): .replaced(by: canvas)
            case .revoked(let reason): .revoked(.revoked(reason))
            case .crashed(let loss): .lost(loss, envelope, now)
            case .postponed(let then): .givenBack(until: then)
            case .interrupted: .givenBack(until: nil)
            case .leaseLost: .notOurs
            }
    }

    /// The next attempt, as long as the policies grant one.
    private static func tried(
        _ failure: TaskFailure, _ asked: Duration?, isAsked: Bool = false, _ envelope: Envelope,
        _ policies: Policies, _ now: Date, _ generator: inout some RandomNumberGenerator
    ) -> Verdict {
        guard let pause = policies.pause(after: envelope, &generator) else {
            return ended(failure, isParked: policies.task.afterLastRetry != .discard, isAsked: isAsked, envelope)
        }
        let then = now.adding(max(.zero, asked ?? pause))
        let again = envelope.with { headers in
            headers.retries = Int(count: headers.retries + 1)
            headers.eta = then
            headers.note(failure.type, failure.message, at: now, attempt: envelope.attempt)
        }
        return .again(again, at: then, because: failure.adding(envelope.history), isAsked: isAsked)
    }

    private static func snoozed(until then: Date, _ envelope: Envelope) -> Verdict {
        .later(envelope.with { $0.eta = then }, at: then, after: nil)
    }

    private static func ended(
        _ failure: TaskFailure, isParked: Bool, isAsked: Bool = false, _ envelope: Envelope
    ) -> Verdict {
        let whole = failure.adding(envelope.history)
        return isParked
            ? .parked(whole, reason: "\(failure)", isAsked: isAsked) : .dropped(whole, isAsked: isAsked)
    }

    /// A call whose process died runs again after a growing pause, until it has lost too many processes.
    private static func lost(_ loss: WorkerLoss, _ envelope: Envelope, _ now: Date) -> Verdict {
        let losses = envelope.history.count { $0.type == loss.kind } + 1
        let whole = loss.failure.adding(envelope.history)
        guard losses < min(loss.limit, TaskFailure.longestHistory) else {
            return .parked(whole, reason: "poison, lost \(losses) times: \(loss.failure)")
        }
        let then = loss.isBlamed ? now.adding(.milliseconds(50 << (2 * min(losses, 6)))) : now
        let again = envelope.with { headers in
            if loss.isBlamed { headers.eta = then }
            headers.note(loss.kind, loss.failure.message, at: now, attempt: envelope.attempt)
        }
        return loss.isBlamed
            ? .again(again, at: then, because: whole, isAsked: false) : .later(again, at: then, after: whole)
    }
}

/// Decides whether a call is retried, by its task's policy and, within limits, by the call itself.
private struct Policies {
    var task: RetryPolicy
    /// The maximum number of retries that the call's own ``JobRetry`` may grant.
    let mostOfCall: Int

    init(_ task: RetryPolicy, _ messageRetries: Int) {
        self.task = task
        mostOfCall = task.maxRetries == 0 ? messageRetries : task.maxRetries ?? .max
    }

    /// For a retry that the task itself asked for.
    var forAsking: Policies {
        var policies = self
        policies.task = task.forAsking
        return policies
    }

    /// The pause before the next retry, by the call's own retries if it has some, otherwise by the task's; `nil` if no
    /// retry is left.
    func pause(after envelope: Envelope, _ generator: inout some RandomNumberGenerator) -> Duration? {
        if let own = JobRetry(envelope.extra[JobRetry.header]) {
            return own.pause(afterRetries: envelope.retries, atMost: mostOfCall)
        }
        return task.pause(afterRetries: envelope.retries, using: &generator)
    }
}

extension MessageHeaders {
    /// Adds a failed attempt to the history, which is bounded.
    fileprivate mutating func note(_ type: String, _ message: String, at now: Date, attempt: Int) {
        let failed = FailedAttempt(attempt: attempt, at: now, type: type, message: message)
        history = (history + [failed]).suffix(TaskFailure.longestHistory)
    }
}

extension TaskFailure {
    /// The maximum number of failed attempts that a call remembers.
    static let longestHistory = 25

    fileprivate func adding(_ history: [FailedAttempt]) -> TaskFailure {
        guard !history.isEmpty, self.history.isEmpty else { return self }
        var failure = self
        failure.history = Array(history.suffix(Self.longestHistory))
        return failure
    }
}

extension RetryPolicy {
    /// The policy for a retry that the task itself asked for: if errors are not retried, three retries are still
    /// granted, as in Celery (`max_retries`), so that no task can ask forever.
    fileprivate var forAsking: RetryPolicy {
        guard maxRetries == 0 else { return self }
        var policy = RetryPolicy.exponentialJitter(maxRetries: 3)
        policy.afterLastRetry = afterLastRetry
        return policy
    }
}
