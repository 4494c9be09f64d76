import Celeriac

/// The result of Python's `figures.describe`: a `dict` with the same keys.
struct Figures: Codable, Sendable, Hashable {
    var count: Int
    var mean: Double
    var median: Double
    /// `nil` if there is only one value.
    var deviation: Double?
}

/// The functions in `Python/figures.py`. The name of a task is what RQ imports: module and function.
enum Python {
    /// The job waits in its queue for at most five minutes, and is then removed: RQ's `ttl`.
    @RemoteTask("figures.describe", queue: "python", expires: .minutes(5))
    static func describe(_ values: [Double], digits: Int = 2) async throws -> Figures
}
