#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool

/// What must be done about an outcome: the broker's part, and what to record. Made by one pure function.
struct Decision: Sendable {
    /// `nil` = nothing: the delivery is not ours any more.
    var settlement: Settlement?
    /// What the call came to; PENDING where it was given back.
    var state: TaskState
    var result: [UInt8]?
    var failure: TaskFailure?
    /// Whether the state is to be recorded, results being kept.
    var isRecorded = true
    /// Whether the task itself asked to run again.
    var isAskedRetry = false
    /// What takes the call's place: a signature, JSON text as on the wire.
    var replacement: [UInt8]?

    /// - Parameters:
    ///   - envelope: the delivery's.
    ///   - policy: the task's.
    ///   - messageRetries: the most retries that a message may ask for where the policy has none.
    ///   - now: the wall clock.
    static func decide(
        _ outcome: Outcome, of envelope: Envelope, under policy: RetryPolicy,
        messageRetries: Int = JobRetry.usualMost, now: Date, using generator: inout some RandomNumberGenerator
    ) -> Decision {
        let policies = Policies(policy, messageRetries)
        switch outcome {
        case .success(let result):
            return Decision(settlement: .ack, state: .success, result: result)
        case .failure(let failure, let reaction):
            return failed(failure, reaction, envelope, policies, now, &generator)
        case .retry(let failure, let pause):
            var decision = retried(failure, pause, envelope, policies.forAsking, now, &generator)
            decision.isAskedRetry = true
            return decision
        case .snooze(let pause):
            let then = now.adding(pause)
            let later = envelope.with { $0.eta = then }
            return Decision(settlement: .retry(later, notBefore: then), state: .pending, isRecorded: false)
        case .replaced(let canvas):
            // Nothing is recorded of it, as in Celery: its result is still to come.
            var decision = Decision(settlement: .ack, state: .pending, isRecorded: false)
            decision.replacement = canvas
            return decision
        case .rejected(let failure):
            let whole = failure.adding(envelope.history)
            return Decision(settlement: .deadLetter(reason: "\(failure)"), state: .failure, failure: whole)
        case .discarded(let failure):
            return Decision(settlement: .ack, state: .failure, failure: failure.adding(envelope.history))
        case .revoked(let reason):
            return Decision(settlement: .ack, state: .revoked, failure: .revoked(reason))
        case .postponed(let then):
            return Decision(settlement: .release(notBefore: then), state: .pending, isRecorded: false)
        case .crashed(let loss): return lost(loss, envelope, now)
        case .interrupted:
            return Decision(settlement: .release(), state: .pending, isRecorded: false)
        case .leaseLost:
            return Decision(settlement: nil, state: .pending, isRecorded: false)
        }
    }

    private static func failed(
        _ failure: TaskFailure, _ reaction: RetryPolicy.Reaction, _ envelope: Envelope, _ policies: Policies,
        _ now: Date, _ generator: inout some RandomNumberGenerator
    ) -> Decision {
        switch reaction {
        case .retry: return retried(failure, nil, envelope, policies, now, &generator)
        case .discard: return ended(failure, .discard, envelope)
        case .deadLetter: return ended(failure, .deadLetter, envelope)
        }
    }

    private static func retried(
        _ failure: TaskFailure, _ asked: Duration?, _ envelope: Envelope, _ policies: Policies, _ now: Date,
        _ generator: inout some RandomNumberGenerator
    ) -> Decision {
        guard let pause = policies.pause(after: envelope, &generator) else {
            return ended(failure, policies.task.afterLastRetry, envelope)
        }
        let then = now.adding(max(.zero, asked ?? pause))
        let attempt = FailedAttempt(
            attempt: envelope.attempt, at: now, type: failure.type, message: failure.message
        )
        let again = envelope.with { headers in
            headers.retries = Int(count: headers.retries + 1)
            headers.eta = then
            headers.history = (headers.history + [attempt]).suffix(TaskFailure.longestHistory)
        }
        return Decision(
            settlement: .retry(again, notBefore: then), state: .retry, failure: failure.adding(envelope.history)
        )
    }

    /// What took its process down runs again, after a pause that grows, until it has done so too often.
    private static func lost(_ loss: WorkerLoss, _ envelope: Envelope, _ now: Date) -> Decision {
        let losses = envelope.history.count { $0.type == loss.kind } + 1
        guard losses < min(loss.limit, TaskFailure.longestHistory) else {
            let whole = loss.failure.adding(envelope.history)
            return Decision(
                settlement: .deadLetter(reason: "poison, lost \(losses) times: \(loss.failure)"), state: .failure,
                failure: whole
            )
        }
        let then = loss.isBlamed ? now.adding(.milliseconds(50 << (2 * min(losses, 6)))) : now
        let attempt = FailedAttempt(
            attempt: envelope.attempt, at: now, type: loss.kind, message: loss.failure.message)
        let again = envelope.with { headers in
            if loss.isBlamed { headers.eta = then }
            headers.history = (headers.history + [attempt]).suffix(TaskFailure.longestHistory)
        }
        return Decision(
            settlement: .retry(again, notBefore: then), state: loss.isBlamed ? .retry : .pending,
            failure: loss.failure.adding(envelope.history), isRecorded: loss.isBlamed
        )
    }

    private static func ended(
        _ failure: TaskFailure, _ reaction: RetryPolicy.Reaction, _ envelope: Envelope
    ) -> Decision {
        let whole = failure.adding(envelope.history)
        let settlement = reaction == .discard ? Settlement.ack : .deadLetter(reason: "\(failure)")
        return Decision(settlement: settlement, state: .failure, failure: whole)
    }
}

/// Who has a say in whether a call is tried again: its task, and within bounds the call itself.
private struct Policies {
    var task: RetryPolicy
    /// The most retries that the call's own ``JobRetry`` may grant.
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

    /// The call's own retries where it has some, else the task's; `nil` where none is left.
    func pause(after envelope: Envelope, _ generator: inout some RandomNumberGenerator) -> Duration? {
        if let own = JobRetry(envelope.extra[JobRetry.header]) {
            return own.pause(afterRetries: envelope.retries, atMost: mostOfCall)
        }
        return task.pause(afterRetries: envelope.retries, using: &generator)
    }
}

extension TaskFailure {
    /// How many failed attempts a call remembers.
    static let longestHistory = 25

    fileprivate func adding(_ history: [FailedAttempt]) -> TaskFailure {
        guard !history.isEmpty, self.history.isEmpty else { return self }
        var failure = self
        failure.history = Array(history.suffix(Self.longestHistory))
        return failure
    }
}

extension RetryPolicy {
    /// The policy for a retry that the task itself asked for: where errors are not retried, three are still granted, as
    /// in Celery (`max_retries`), so that no task can ask for ever.
    fileprivate var forAsking: RetryPolicy {
        guard maxRetries == 0 else { return self }
        var policy = RetryPolicy.exponentialJitter(maxRetries: 3)
        policy.afterLastRetry = afterLastRetry
        return policy
    }
}
