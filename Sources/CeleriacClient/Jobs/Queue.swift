/// A queue in RQ's style: you put calls into it and inspect it. Holds only a name and an app.
///
/// ```swift
/// let queue = app.queue("emails")
/// try await queue.enqueue($sendWelcomeEmail(to: "ada@example.com"))
/// try await queue.enqueue($sendWelcomeEmail(to: "ada@example.com"), in: .minutes(5))
/// ```
public struct Queue: Sendable {
    /// The name of the queue.
    public let name: QueueName
    let app: TaskApp

    // MARK: Looking in

    /// The number of calls in the queue, by status. A number that the broker does not know is `nil`.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot count at all.
    public var counts: QueueCounts {
        get async throws { try await app.counter().counts(of: name) }
    }

    /// The number of calls that are ready to start, as RQ counts: neither delayed nor running.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker does not know.
    public var count: Int {
        get async throws { try app.known(await counts.ready, "how many calls are ready in queue \"\(name)\"") }
    }

    /// Whether no call is ready to start.
    ///
    /// - Throws: as ``count``.
    public var isEmpty: Bool {
        get async throws { try await count == 0 }
    }

    /// Returns a page of the calls with a status. Ready calls are in the order in which they will start.
    ///
    /// Pages neither skip nor repeat a call that keeps its status, see `Inspector.messages(in:_:after:limit:)`.
    ///
    /// - Parameters:
    ///   - cursor: the `next` of the previous page; `nil` to start with the first call.
    ///   - limit: the most calls of the page, up to `Page.mostItems`.
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot list messages; `BrokerError` with code
    ///   `refused` for a cursor of another list.
    public func jobs(
        _ status: MessagePlace.Status = .ready, after cursor: Cursor? = nil, limit: Int = 100
    ) async throws -> Page<Job> {
        try await ids(status, after: cursor, limit: limit).mapItems { Job(id: $0, app: app) }
    }

    /// Returns a page of the ids of the calls with a status, in the same order as ``jobs(_:after:limit:)``.
    public func ids(
        _ status: MessagePlace.Status = .ready, after cursor: Cursor? = nil, limit: Int = 100
    ) async throws -> Page<TaskID> {
        try await inspector().messages(in: name, status, after: cursor, limit: limit).mapItems(\.id)
    }

    /// Returns the number of calls that start before a call; `nil` if the call is not ready in any queue.
    public func position(of id: TaskID) async throws -> Int? { try await inspector().position(of: id) }

    /// Finds the call with an id, whatever its status.
    ///
    /// - Returns: `nil` if nothing is known of the id.
    public func job(_ id: TaskID) async throws -> Job? { try await app.job(id) }

    // MARK: What has become of its jobs

    /// The jobs that run.
    public var started: JobRegistry { JobRegistry(kind: .started, queue: name, app: app) }
    /// The jobs that have succeeded.
    public var finished: JobRegistry { JobRegistry(kind: .finished, queue: name, app: app) }
    /// The jobs that have failed permanently: dead letters on other brokers than RQ.
    public var failed: JobRegistry { JobRegistry(kind: .failed, queue: name, app: app) }
    /// The jobs that wait for other jobs.
    public var deferred: JobRegistry { JobRegistry(kind: .deferred, queue: name, app: app) }
    /// The jobs that wait for their time.
    public var scheduled: JobRegistry { JobRegistry(kind: .scheduled, queue: name, app: app) }
    /// The jobs that were canceled.
    public var canceled: JobRegistry { JobRegistry(kind: .canceled, queue: name, app: app) }

    // MARK: Taking out

    /// Removes all waiting calls, including delayed ones.
    ///
    /// - Returns: the number of calls removed.
    @discardableResult
    public func empty() async throws -> Int { try await app.broker.purge(name) }

    /// Permanently removes a waiting call.
    ///
    /// - Returns: whether there was such a call.
    @discardableResult
    public func remove(_ id: TaskID) async throws -> Bool { try await inspector().remove(id) }

    /// Deletes the queue; the next call that is put in creates it again.
    ///
    /// - Parameter deleteJobs: whether the waiting jobs are deleted too, or stay as jobs outside any queue.
    /// - Throws: `CeleriacError` with code `unsupported` for `deleteJobs: false` on all brokers except `rq://`, because
    ///   there a job cannot exist outside a queue.
    public func delete(deleteJobs: Bool = true) async throws {
        if let directory = app.backend.registries {
            try await directory.delete(name, deletesJobs: deleteJobs)
        } else if deleteJobs {
            try await empty()
        } else {
            throw CeleriacError(
                .unsupported,
                "queue \"\(name)\" cannot be deleted without its jobs: on the broker (\(app.broker.transport)) they are its messages; "
                    + "delete them too, or use rq://")
        }
    }

    private func inspector() throws -> any Inspector {
        try app.backend.require(.inspector)
    }
}

extension TaskApp {
    /// Returns all queues that hold or held a call, sorted by name.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot list messages.
    public func queues() async throws -> [Queue] {
        try await backend.require(.inspector).queues().map(queue)
    }
}
