/// What happens when a task throws: whether it runs again, when, and what becomes of it in the end.
///
/// ```swift
/// .none                                                     // fails at the first error (the default)
/// .exponentialJitter(maxRetries: 5)                         // up to 1, 2, 4, 8, 16 s, each drawn at random
/// .fixed(.seconds(30), maxRetries: 10)
/// .intervals([.seconds(10), .minutes(5)])                   // RQ's form; two retries
/// .exponentialJitter(maxRetries: 5).discarding(AddressUnknown.self)
/// ```
public struct RetryPolicy: Sendable {
    /// How the pause grows from one retry to the next.
    public enum Backoff: Sendable, Hashable {
        case fixed(Duration)
        /// The nth pause; the last one is used again when they run out.
        case intervals([Duration])
        /// `base * factor^retries`, never more than `cap`.
        case exponential(base: Duration, factor: Double, cap: Duration)
    }

    /// What an error means for the call.
    public enum Reaction: Sendable, Hashable {
        /// Run again while retries are left, then as ``RetryPolicy/afterLastRetry`` says.
        case retry
        /// Fail now, and keep nothing but the result.
        case discard
        /// Fail now, and keep the message for people to look at and requeue.
        case deadLetter
    }

    /// Most retries after the first attempt; `nil` = without end.
    public var maxRetries: Int?
    public var backoff: Backoff
    /// Whether a pause is drawn evenly from zero up to its full length, so that a crowd of failures spreads out.
    public var hasFullJitter: Bool
    /// What becomes of a call when its retries are used up: ``Reaction/deadLetter`` (the default) or
    /// ``Reaction/discard``.
    public var afterLastRetry: Reaction
    private var rules: [Rule] = []

    private struct Rule: Sendable {
        let matches: @Sendable (any Error) -> Bool
        let reaction: Reaction
    }

    /// - Parameter maxRetries: 0 or more, or `nil` for no end.
    public init(
        maxRetries: Int?, backoff: Backoff, hasFullJitter: Bool = false, afterLastRetry: Reaction = .deadLetter
    ) {
        self.maxRetries = maxRetries.map { max(0, $0) }
        self.backoff = backoff
        self.hasFullJitter = hasFullJitter
        self.afterLastRetry = afterLastRetry
    }

    // MARK: The usual ones

    public static let none = RetryPolicy(maxRetries: 0, backoff: .fixed(.zero))

    public static func fixed(_ pause: Duration, maxRetries: Int? = 3) -> RetryPolicy {
        RetryPolicy(maxRetries: maxRetries, backoff: .fixed(pause))
    }

    /// As many retries as there are pauses.
    public static func intervals(_ pauses: [Duration]) -> RetryPolicy {
        RetryPolicy(maxRetries: pauses.count, backoff: .intervals(pauses))
    }

    public static func exponential(
        maxRetries: Int? = 3, base: Duration = .seconds(1), factor: Double = 2, cap: Duration = .minutes(10)
    ) -> RetryPolicy {
        RetryPolicy(maxRetries: maxRetries, backoff: .exponential(base: base, factor: factor, cap: cap))
    }

    /// Exponential with full jitter: Celery's `retry_backoff=True, retry_jitter=True`.
    public static func exponentialJitter(
        maxRetries: Int? = 3, base: Duration = .seconds(1), factor: Double = 2, cap: Duration = .minutes(10)
    ) -> RetryPolicy {
        RetryPolicy(
            maxRetries: maxRetries, backoff: .exponential(base: base, factor: factor, cap: cap), hasFullJitter: true
        )
    }

    // MARK: By type of error

    /// Retries errors of this type even where a later rule or ``retryingOnly(_:)`` says otherwise.
    public func retrying<Failure: Error>(_ type: Failure.Type) -> RetryPolicy { adding(type, .retry) }

    /// Gives up at once on errors of this type, and keeps nothing but the result.
    public func discarding<Failure: Error>(_ type: Failure.Type) -> RetryPolicy { adding(type, .discard) }

    /// Gives up at once on errors of this type, and keeps the message as a dead letter.
    public func deadLettering<Failure: Error>(_ type: Failure.Type) -> RetryPolicy { adding(type, .deadLetter) }

    /// Retries errors of this type only; every other goes to the dead letters at once.
    public func retryingOnly<Failure: Error>(_ type: Failure.Type) -> RetryPolicy {
        var policy = retrying(type)
        policy.rules.append(Rule(matches: { _ in true }, reaction: .deadLetter))
        return policy
    }

    private func adding<Failure: Error>(_ type: Failure.Type, _ reaction: Reaction) -> RetryPolicy {
        var policy = self
        policy.rules.append(Rule(matches: { $0 is Failure }, reaction: reaction))
        return policy
    }

    // MARK: Decisions (pure)

    /// What the first rule that fits says of an error; ``Reaction/retry`` where none does.
    public func reaction(to error: any Error) -> Reaction {
        rules.first { $0.matches(error) }?.reaction ?? .retry
    }

    /// The pause before the next attempt.
    ///
    /// - Parameter retries: how many retries there were already; 0 after the first attempt.
    /// - Returns: `nil` when the retries are used up.
    public func pause(afterRetries retries: Int, using generator: inout some RandomNumberGenerator) -> Duration? {
        if let maxRetries, retries >= maxRetries { return nil }
        let full = fullPause(afterRetries: retries)
        guard hasFullJitter, full > .zero else { return full }
        return .seconds(Double.random(in: 0...full.seconds, using: &generator))
    }

    /// The pause without jitter. Grows with `retries` and never exceeds the cap, however many there were.
    public func fullPause(afterRetries retries: Int) -> Duration {
        switch backoff {
        case .fixed(let pause): return max(.zero, pause)
        case .intervals(let pauses):
            return pauses.isEmpty ? .zero : max(.zero, pauses[retries.bounded(to: 0...pauses.count - 1)])
        case .exponential(let base, let factor, let cap):
            var pause = max(0, base.seconds)
            var rest = retries
            // A factor of one lets nothing grow, however often it is applied.
            while rest > 0, pause < cap.seconds, factor > 1 {
                pause *= factor
                rest -= 1
            }
            return .seconds(min(pause, max(0, cap.seconds)))
        }
    }
}
