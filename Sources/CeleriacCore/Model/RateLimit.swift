/// How often a task may start: Celery's `rate_limit` (`"10/s"`, `"100/m"`, `"5/h"`, or a number per second).
///
/// Starts are spaced evenly, without bursts. Each worker counts for itself, as in Celery, unless the limit has another
/// scope:
///
/// ```swift
/// @Task(rateLimit: "10/s")                         // each worker ten a second
/// @Task(rateLimit: .global("10/s"))                // all workers of the broker together
/// @Task(rateLimit: .argument("tenant", "10/m"))    // all workers together, for each value of the argument `tenant`
/// ```
public struct RateLimit: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Which starts are counted together. Every scope except `worker` is counted in the broker, which must be a
    /// ``StartLimiter``.
    public enum Scope: Sendable, Hashable {
        /// Counts the starts of one worker; the count is lost when the worker ends.
        case worker
        /// Counts the starts of all workers.
        case global
        /// Counts the starts of all workers for one value of the named argument. Calls that omit the argument are
        /// counted together.
        case argument(String)
    }

    /// The number of starts in each ``period``; more than zero.
    public let count: Double
    public let period: Duration
    public let scope: Scope

    public init(_ count: Double, per period: Duration, scope: Scope = .worker) {
        precondition(count > 0 && period > .zero, "the count and the period of a rate limit must be positive")
        self.count = count
        self.period = period
        self.scope = scope
    }

    /// The same rate, counted over all workers of the broker.
    public static func global(_ limit: RateLimit) -> RateLimit { limit.counted(.global) }

    /// The same rate, counted over all workers, for each value of an argument.
    ///
    /// - Parameter name: the parameter's name in the task's declaration.
    public static func argument(_ name: String, _ limit: RateLimit) -> RateLimit { limit.counted(.argument(name)) }

    /// Returns the same rate with another scope.
    public func counted(_ scope: Scope) -> RateLimit { RateLimit(count, per: period, scope: scope) }

    /// Reads Celery's text form.
    ///
    /// - Returns: `nil` if the text is malformed or its count is zero (`0/s` means "no limit" in Celery).
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let count = parts.first.flatMap({ Double($0) }), count > 0, count.isFinite, parts.count <= 2 else {
            return nil
        }
        switch parts.count == 2 ? parts[1] : "s" {
        case "s": self.init(count, per: .seconds(1))
        case "m": self.init(count, per: .seconds(60))
        case "h": self.init(count, per: .seconds(3600))
        default: return nil
        }
    }

    public init(stringLiteral value: String) {
        guard let limit = RateLimit(value) else {
            preconditionFailure("\"\(value)\" is not a rate limit: write \"10/s\", \"100/m\" or \"5/h\"")
        }
        self = limit
    }

    /// The time from one start to the next.
    public var interval: Duration { .bounded(seconds: period.seconds / count) }

    public var description: String {
        let unit =
            period == .seconds(1) ? "s" : period == .seconds(60) ? "m" : period == .seconds(3600) ? "h" : "\(period)"
        let rate = count == count.rounded() && count < 1e15 ? "\(Int(count))/\(unit)" : "\(count)/\(unit)"
        return switch scope {
        case .worker: rate
        case .global: "\(rate) global"
        case .argument(let name): "\(rate) per \(name)"
        }
    }
}
