import ArgumentParser
import Celeriac

/// A rate limit as Celery writes it: `10/s`, `100/m`, `5/h`, `2`. `0` means no limit.
struct RateArgument: ExpressibleByArgument {
    let limit: RateLimit?

    static let help = "such as 10/s, 100/m or 5/h (0 removes the limit)"

    init?(argument: String) {
        limit = RateLimit(argument)
        if limit == nil && Double(argument.prefix { $0 != "/" }) != 0 { return nil }
    }
}
