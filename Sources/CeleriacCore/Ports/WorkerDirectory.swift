#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Keeps the live workers, by their heartbeats; `inspect` reads it.
public protocol WorkerDirectory: Sendable {
    /// Writes a worker's status; it is valid until `status.expires`.
    func beat(_ status: WorkerStatus) async throws

    /// Removes a worker's status, because the worker has ended in an orderly way.
    func leave(_ worker: String) async throws

    /// The workers whose heartbeat has not expired, sorted by name.
    func workers() async throws -> [WorkerStatus]
}

/// The status that a worker reports of itself.
public struct WorkerStatus: Sendable, Hashable, Codable {
    /// A call that a worker holds.
    public struct Running: Sendable, Hashable, Codable {
        public var id: String
        public var task: String
        public var queue: String
        public var attempt: Int
        /// When its task was started; `nil` if the worker has only reserved the call so far.
        public var startedAt: Date?

        public init(id: String, task: String, queue: String, attempt: Int, startedAt: Date?) {
            self.id = id
            self.task = task
            self.queue = queue
            self.attempt = attempt
            self.startedAt = startedAt
        }
    }

    /// The program that a worker is written in.
    public enum Kind: String, Sendable, Hashable, Codable { case swift, python }

    /// `name.pid@host`, unique among live workers.
    public var name: String
    public var host: String
    public var pid: Int32
    public var queues: [String]
    public var concurrency: Int
    /// The calls that the worker holds, running or reserved.
    public var running: [Running]
    /// The number of attempts that have ended since the worker started.
    public var processed: Int
    public var failed: Int
    /// The names of the tasks that it can run.
    public var tasks: [String]
    public var startedAt: Date
    public var lastBeat: Date
    public var expires: Date
    /// When it was asked to stop; `nil` if it was not.
    public var stopRequestedAt: Date?
    /// `nil` from a worker of an earlier version, which is Swift's.
    public var kind: Kind?
    /// The version of the worker's library.
    public var version: String?
    /// The seconds of processor time that the worker's own process has used; without its children.
    public var cpuSeconds: Double?
    /// The memory that the worker's own process uses now; without its children.
    public var residentBytes: Int?

    public init(name: String, host: String, pid: Int32, startedAt: Date, lastBeat: Date, expires: Date) {
        self.name = name
        self.host = host
        self.pid = pid
        self.startedAt = startedAt
        self.lastBeat = lastBeat
        self.expires = expires
        queues = []
        concurrency = 0
        running = []
        processed = 0
        failed = 0
        tasks = []
    }

    /// The calls whose tasks were started.
    public var active: [Running] { running.filter { $0.startedAt != nil } }

    /// The calls that the worker holds but has not started.
    public var reserved: [Running] { running.filter { $0.startedAt == nil } }
}
