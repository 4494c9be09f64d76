/// What happens when a task throws: whether and when it runs again, and what happens to it when it does not.
///
/// ```swift
/// .none                                                     // fails at the first error (the default)
/// .exponentialJitter(maxRetries: 5)                         // up to 1, 2, 4, 8, 16 s, each drawn at random
/// .fixed(.seconds(30), maxRetries: 10)
/// .intervals([.seconds(10), .minutes(5)])                   // RQ's form; two retries
/// .exponentialJitter(maxRetries: 5).discarding(AddressUnknown.self)
/// ```
///
/// A policy is code, not input: an invalid one (a negative number of retries, a negative pause, a factor below 1) stops
/// the program where the policy is made, with a message that says what is wrong. Policies of `@Task` are made when the
/// worker starts.
public struct RetryPolicy: Sendable {
    /// How the pause grows from one retry to the next.
    public enum Backoff: Sendable, Hashable {
        case fixed(Duration)
        /// The pauses in order; the last one repeats.
        case intervals([Duration])
        /// `base * factor^retries`, at most `cap`. The factor is finite, and 1 or more.
        case exponential(base: Duration, factor: Double, cap: Duration)
    }

    /// What an error means for the call.
    public enum Reaction: Sendable, Hashable {
        /// Retry while retries are left, then do as ``RetryPolicy/afterLastRetry`` says.
        case retry
        /// Fail now, and keep only the result.
        case discard
        /// Fail now, and keep the message for people to look at and requeue.
        case deadLetter
    }

    /// The most retries after the first attempt, 0 or more; `nil` for no limit.
    public var maxRetries: Int? { didSet { Self.check(maxRetries) } }
    public var backoff: Backoff { didSet { Self.check(backoff) } }
    /// Whether the actual pause is drawn at random from zero to the full pause, so that many calls that fail together
    /// spread out.
    public var hasFullJitter: Bool
    /// What happens to a call when its retries are used up: ``Reaction/deadLetter`` (the default) or
    /// ``Reaction/discard``.
    public var afterLastRetry: Reaction
    private var rules: [Rule] = []

    private struct Rule: Sendable {
        let matches: @Sendable (any Error) -> Bool
        let reaction: Reaction
    }

    /// - Parameter maxRetries: 0 or more, or `nil` for no limit.
    public init(
        maxRetries: Int?, backoff: Backoff, hasFullJitter: Bool = false, afterLastRetry: Reaction = .deadLetter
    ) {
        Self.check(maxRetries)
        Self.check(backoff)
        self.maxRetries = maxRetries
        self.backoff = backoff
        self.hasFullJitter = hasFullJitter
        self.afterLastRetry = afterLastRetry
    }

    // MARK: The usual ones

    public static let none = RetryPolicy(maxRetries: 0, backoff: .fixed(.zero))

    public static func fixed(_ pause: Duration, maxRetries: Int? = 3) -> RetryPolicy {
        RetryPolicy(maxRetries: maxRetries, backoff: .fixed(pause))
    }

    /// Allows as many retries as there are pauses.
    public static func intervals(_ pauses: [Duration]) -> RetryPolicy {
        RetryPolicy(maxRetries: pauses.count, backoff: .intervals(pauses))
    }

    /// - Parameters:
    ///   - factor: how much longer each pause is than the one before; 1 or more.
    ///   - cap: the longest pause; by default 10 minutes, or `base` if that is longer.
    public static func exponential(
        maxRetries: Int? = 3, base: Duration = .seconds(1), factor: Double = 2, cap: Duration? = nil
    ) -> RetryPolicy {
        let cap = cap ?? max(base, usualCap)
        return RetryPolicy(maxRetries: maxRetries, backoff: .exponential(base: base, factor: factor, cap: cap))
    }

    /// Exponential with full jitter: Celery's `retry_backoff=True, retry_jitter=True`.
    ///
    /// - Parameters:
    ///   - factor: how much longer each pause is than the one before; 1 or more.
    ///   - cap: the longest pause; by default 10 minutes, or `base` if that is longer.
    public static func exponentialJitter(
        maxRetries: Int? = 3, base: Duration = .seconds(1), factor: Double = 2, cap: Duration? = nil
    ) -> RetryPolicy {
        var policy = exponential(maxRetries: maxRetries, base: base, factor: factor, cap: cap)
        policy.hasFullJitter = true
        return policy
    }

    private static let usualCap = Duration.minutes(10)

    // MARK: By type of error

    /// Retries errors of this type even if a later rule or ``retryingOnly(_:)`` decides otherwise.
    public func retrying<Failure: Error>(_ type: Failure.Type) -> RetryPolicy { adding(type, .retry) }

    /// Fails at once on errors of this type, and keeps only the result.
    public func discarding<Failure: Error>(_ type: Failure.Type) -> RetryPolicy { adding(type, .discard) }

    /// Fails at once on errors of this type, and keeps the message as a dead letter.
    public func deadLettering<Failure: Error>(_ type: Failure.Type) -> RetryPolicy { adding(type, .deadLetter) }

    /// Retries errors of this type only; every other error becomes a dead letter at once.
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

    /// The reaction of the first rule that matches the error; ``Reaction/retry`` if none matches.
    public func reaction(to error: any Error) -> Reaction {
        rules.first { $0.matches(error) }?.reaction ?? .retry
    }

    /// The pause before the next attempt.
    ///
    /// - Parameter retries: the number of retries so far; 0 after the first attempt.
    /// - Returns: `nil` when the retries are used up.
    public func pause(afterRetries retries: Int, using generator: inout some RandomNumberGenerator) -> Duration? {
        if let maxRetries, retries >= maxRetries { return nil }
        let full = fullPause(afterRetries: retries)
        guard hasFullJitter, full > .zero else { return full }
        return .seconds(Double.random(in: 0...full.seconds, using: &generator))
    }

    /// The pause without jitter. Grows with `retries` and never exceeds the cap.
    public func fullPause(afterRetries retries: Int) -> Duration {
        switch backoff {
        case .fixed(let pause): return pause
        case .intervals(let pauses): return pauses.isEmpty ? .zero : pauses[min(max(0, retries), pauses.count - 1)]
        case .exponential(let base, let factor, let cap):
            // Zero times infinity is NaN; a base of zero means no pause.
            guard base > .zero else { return .zero }
            return .seconds(min(base.seconds * Self.power(factor, max(0, retries)), cap.seconds))
        }
    }

    /// Uses repeated squaring, because a call may have had any number of retries. Infinite if the result is too large.
    private static func power(_ factor: Double, _ exponent: Int) -> Double {
        var (power, square, rest) = (1.0, factor, exponent)
        while rest > 0 {
            if rest & 1 == 1 { power *= square }
            square *= square
            rest >>= 1
        }
        return power
    }

    // MARK: Checking

    private static func check(_ maxRetries: Int?) {
        precondition(maxRetries ?? 0 >= 0, "maxRetries must be 0 or more, or nil for no limit")
    }

    private static func check(_ backoff: Backoff) {
        switch backoff {
        case .fixed(let pause): check([pause])
        case .intervals(let pauses): check(pauses)
        case .exponential(let base, let factor, let cap):
            check([base, cap])
            precondition(
                factor >= 1 && factor.isFinite, "the factor of an exponential backoff is a number of 1 or more")
        }
    }

    private static func check(_ pauses: [Duration]) {
        let isAllowed = pauses.allSatisfy { ($0 >= .zero) && $0 <= longestPause }
        precondition(isAllowed, "the pause before a retry must be from zero to a hundred years")
    }

    private static let longestPause = Duration.seconds(36_525 * 86_400)
}
