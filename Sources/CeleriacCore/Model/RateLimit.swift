/// How often a task may start, per worker: Celery's `rate_limit` (`"10/s"`, `"100/m"`, `"5/h"`, or a number a second).
public struct RateLimit: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Starts in each ``period``; more than zero.
    public let count: Double
    public let period: Duration

    public init(_ count: Double, per period: Duration) {
        precondition(count > 0 && period > .zero, "a rate limit needs a positive count and period")
        self.count = count
        self.period = period
    }

    /// Reads Celery's text form.
    ///
    /// - Returns: `nil` where the text is none, or asks for nothing (`0/s` means "no limit" in Celery).
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
            preconditionFailure("\"\(value)\" is no rate limit: write \"10/s\", \"100/m\" or \"5/h\"")
        }
        self = limit
    }

    /// Time from one start to the next.
    public var interval: Duration { period / count }

    public var description: String {
        let unit =
            period == .seconds(1) ? "s" : period == .seconds(60) ? "m" : period == .seconds(3600) ? "h" : "\(period)"
        return count == count.rounded() ? "\(Int(count))/\(unit)" : "\(count)/\(unit)"
    }
}
