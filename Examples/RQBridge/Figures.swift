import Celeriac

/// What Python's `figures.describe` returns: a `dict` of the same keys.
struct Figures: Codable, Sendable, Hashable {
    var count: Int
    var mean: Double
    var median: Double
    /// `nil` of a single value.
    var deviation: Double?
}

/// The functions of `Python/figures.py`. A task's name is what RQ imports: module and function.
enum Python {
    /// Waits in its queue for five minutes at most, and is gone then: RQ's `ttl`.
    @RemoteTask("figures.describe", queue: "python", expires: .minutes(5))
    static func describe(_ values: [Double], digits: Int = 2) async throws -> Figures
}
