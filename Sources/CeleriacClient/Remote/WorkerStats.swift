/// The statistics that a worker reports about itself.
///
/// Source: `celery/worker/worker.py`, `stats`, and the pools' `info`.
public struct WorkerStats: Sendable, Hashable {
    /// The number of calls that it has taken, by task.
    public let totals: [TaskName: Int]
    /// The process of the worker.
    public let pid: Int?
    /// Its Lamport clock.
    public let clock: Int64?
    /// The time since the worker started.
    public let uptime: Duration?
    /// The largest number of calls that run at once.
    public let concurrency: Int?
    /// The largest number of calls that it holds.
    public let prefetch: Int?
    /// The process ids of its pool.
    public let processes: [Int]
    /// The kind of its pool, such as `celery.concurrency.prefork:TaskPool`.
    public let pool: String?
    /// The kind of its broker, such as `redis`.
    public let transport: String?
    /// The complete reply.
    public let json: JSONValue

    /// - Returns: `nil` if the value is not an object.
    package init?(_ json: JSONValue) {
        guard let members = json.objectValue else { return nil }
        let counts = (members["total"]?.objectValue ?? [:]).compactMap { name, count in
            count.intValue.map { (TaskName(name.text), $0) }
        }
        totals = Dictionary(counts, uniquingKeysWith: max)
        pid = members["pid"]?.intValue
        // Python sends the number as text.
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
    /// - Returns: `nil` for a negative number of seconds or an absurdly large one.
    fileprivate init?(lenient seconds: Double) {
        guard seconds >= 0, seconds < 1e12 else { return nil }
        self = .seconds(seconds)
    }
}
