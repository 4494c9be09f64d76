#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The jobs of a queue that are in one state: RQ's `FailedJobRegistry` and similar. Holds only names and an app.
///
/// ```swift
/// for try await job in queue.failed.jobs { try await job.requeue() }
/// try await queue.scheduled.contains(id)
/// ```
///
/// On `rq://` all six are RQ's own lists. On other brokers `started`, `scheduled` and `failed` list the broker's
/// leased, delayed and dead messages; `finished`, `deferred` and `canceled` throw `unsupported`, because nothing lists
/// such jobs there.
public struct JobRegistry: Sendable {
    /// The state that its jobs are in.
    public let kind: RegistryKind
    /// The queue that its jobs were put into.
    public let queue: QueueName
    let app: TaskApp

    // MARK: Looking in

    /// The number of its jobs.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker does not know; `BrokerError`.
    public var count: Int {
        get async throws {
            if let directory { return try await directory.count(of: kind, in: queue) }
            let place = try place()
            let counts = try await app.counter().counts(of: queue)
            let count = place == .leased ? counts.leased : place == .delayed ? counts.delayed : counts.dead
            return try app.known(count, "how many jobs of queue \"\(queue)\" are \(kind)")
        }
    }

    /// Returns a page of the ids of the jobs, in the order of the broker: the earliest first on `rq://`, for other
    /// brokers see `Inspector.messages(in:_:after:limit:)`.
    ///
    /// - Parameters:
    ///   - cursor: the `next` of the previous page; `nil` to start with the first job.
    ///   - limit: the most ids of the page, up to `Page.mostItems`.
    /// - Throws: `CeleriacError` with code `unsupported` if the broker does not list such jobs; `BrokerError` with code
    ///   `refused` for a cursor of another list.
    public func ids(after cursor: Cursor? = nil, limit: Int = 100) async throws -> Page<TaskID> {
        if let directory { return try await directory.ids(in: kind, of: queue, after: cursor, limit: limit) }
        let place = try place()
        return try await inspector().messages(in: queue, place, after: cursor, limit: limit).mapItems(\.id)
    }

    /// Whether a job is in it.
    public func contains(_ job: some JobReference) async throws -> Bool {
        if let directory { return try await directory.date(of: job.jobID, in: kind, of: queue) != nil }
        let place = try place()
        return try await inspector().message(of: job.jobID).map { $0.queue == queue && $0.status == place } ?? false
    }

    /// All jobs of the registry. Their ids are read page by page when the iteration begins, so the loop may requeue or
    /// remove each job.
    public var jobs: Jobs { Jobs(registry: self) }

    /// Returns when a scheduled job is due; `nil` if the job is not listed or not scheduled.
    public func scheduledTime(of job: some JobReference) async throws -> Date? {
        guard kind == .scheduled else { return nil }
        if let directory { return try await directory.date(of: job.jobID, in: kind, of: queue) }
        return try await inspector().message(of: job.jobID)?.notBefore
    }

    /// Returns until when a finished or failed job stays listed, or until when a worker holds a started one; `nil` if
    /// the job is not listed, the distant future if it stays listed forever.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` on all brokers except `rq://`.
    public func expiration(of job: some JobReference) async throws -> Date? {
        guard let directory else { throw unsupported("report until when a job stays listed") }
        guard [.started, .finished, .failed].contains(kind) else { return nil }
        return try await directory.date(of: job.jobID, in: kind, of: queue)
    }

    // MARK: Changing

    /// Removes a job from the list; with `deleteJob` also deletes the job itself.
    ///
    /// - Returns: whether it was listed.
    /// - Throws: `CeleriacError` with code `unsupported`: for `started`, and on all brokers except `rq://` for
    ///   `deleteJob: false`, because there a job is only its message.
    @discardableResult
    public func remove(_ job: some JobReference, deleteJob: Bool = false) async throws -> Bool {
        let id = job.jobID
        if let directory {
            return try await directory.remove(id, from: kind, of: queue, deletesJob: deleteJob)
        }
        let place = try place()
        guard place != .leased else { throw unsupported("remove a job that a worker is running; cancel it instead") }
        guard deleteJob else {
            throw unsupported(
                "remove a job from a list without deleting it, because a job is only its message; pass deleteJob: true")
        }
        guard try await contains(id) else { return false }
        guard place == .dead else { return try await inspector().remove(id) }
        return try await deadLetters().deleteDeadLetters([id]).contains(id)
    }

    /// Puts a failed job back into its queue as a first attempt.
    ///
    /// - Throws: `CeleriacError` with code `unknownTaskID` if it is not listed, `unsupported` if this is not the
    ///   registry of failed jobs.
    public func requeue(_ job: some JobReference, atFront: Bool = false) async throws {
        guard kind == .failed else { throw unsupported("requeue jobs that have not failed") }
        guard try await contains(job) else {
            throw CeleriacError(.unknownTaskID, "there is no failed job with the id \(job.jobID) in queue \"\(queue)\"")
        }
        try await Job(id: job.jobID, app: app).requeue(atFront: atFront)
    }

    // MARK: Where it is kept

    fileprivate var directory: (any RegistryDirectory)? { app.backend.registries }

    private func place() throws -> MessagePlace.Status {
        switch kind {
        case .started: return .leased
        case .scheduled: return .delayed
        case .failed: return .dead
        case .finished, .deferred, .canceled: throw unsupported("list jobs that are \(kind)")
        }
    }

    private func inspector() throws -> any Inspector {
        try app.backend.require(.inspector)
    }

    private func deadLetters() throws -> any DeadLetterStore {
        try app.backend.require(.deadLetters)
    }

    private func unsupported(_ what: String) -> CeleriacError {
        CeleriacError(
            .unsupported,
            "registry \"\(kind)\" of queue \"\(queue)\": the broker (\(app.broker.transport)) cannot \(what)")
    }
}

extension JobRegistry {
    /// The jobs that a registry listed when the iteration began.
    public struct Jobs: AsyncSequence, Sendable {
        let registry: JobRegistry

        public func makeAsyncIterator() -> Iterator { Iterator(registry: registry) }

        /// Reads the ids page by page.
        public struct Iterator: AsyncIteratorProtocol {
            private static let page = 1_000
            let registry: JobRegistry
            private var waiting: ArraySlice<TaskID>?

            init(registry: JobRegistry) { self.registry = registry }

            public mutating func next() async throws -> Job? {
                var ids = if let waiting { waiting } else { try await all()[...] }
                let id = ids.popFirst()
                waiting = ids
                return id.map { Job(id: $0, app: registry.app) }
            }

            /// Reads all ids at once, so that the loop sees no job that was listed after it began.
            private func all() async throws -> [TaskID] {
                var ids: [TaskID] = []
                var cursor: Cursor?
                repeat {
                    let page = try await registry.ids(after: cursor, limit: Self.page)
                    ids += page
                    cursor = page.next
                } while cursor != nil
                return ids
            }
        }
    }
}
