/// What a worker says of itself.
///
/// Source: `celery/worker/worker.py`, `stats`, and the pools' `info`.
public struct WorkerStats: Sendable, Hashable {
    /// How many calls of each task it has taken.
    public let totals: [TaskName: Int]
    public let pid: Int?
    /// Its Lamport clock.
    public let clock: Int64?
    public let uptime: Duration?
    /// Most calls that run at once.
    public let concurrency: Int?
    /// Most calls that it holds.
    public let prefetch: Int?
    /// The processes of its pool.
    public let processes: [Int]
    /// What kind of pool it has, such as `celery.concurrency.prefork:TaskPool`.
    public let pool: String?
    /// The kind of its broker, such as `redis`.
    public let transport: String?
    /// All that it said.
    public let json: JSONValue

    /// - Returns: `nil` where the value is no object.
    public init?(_ json: JSONValue) {
        guard let members = json.objectValue else { return nil }
        let counts = (members["total"]?.objectValue ?? [:]).compactMap { name, count in
            count.intValue.map { (TaskName(name.text), $0) }
        }
        totals = Dictionary(counts, uniquingKeysWith: max)
        pid = members["pid"]?.intValue
        // Python sends the text of it.
        clock = members["clock"].flatMap { $0.intValue.map(Int64.init) ?? $0.stringValue.flatMap { Int64($0) } }
        uptime = members["uptime"]?.doubleValue.flatMap(Duration.init(lenient:))
        let pool = members["pool"]
        concurrency = pool?["max-concurrency"]?.intValue
        processes = (pool?["processes"]?.arrayValue ?? []).compactMap(\.intValue)
        self.pool = pool?["implementation"]?.stringValue
        prefetch = members["prefetch_count"]?.intValue
        transport = members["broker"]?["transport"]?.stringValue
        self.json = json
    }
}

extension Duration {
    /// - Returns: `nil` for a number of seconds that no clock has shown.
    fileprivate init?(lenient seconds: Double) {
        guard seconds >= 0, seconds < 1e12 else { return nil }
        self = .seconds(seconds)
    }
}
