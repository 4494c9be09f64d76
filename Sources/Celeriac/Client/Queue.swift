/// RQ's face: a queue that one puts calls into and looks into. Nothing but a name and an app.
///
/// ```swift
/// let queue = app.queue("emails")
/// try await queue.enqueue($sendWelcomeEmail(to: "ada@example.com"))
/// try await queue.enqueue($sendWelcomeEmail(to: "ada@example.com"), in: .minutes(5))
/// ```
public struct Queue: Sendable {
    public let name: QueueName
    let app: TaskApp

    // MARK: Looking in

    /// How many calls the queue holds, by where they stand. A number that the broker cannot tell is `nil`.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot count at all.
    public var counts: QueueCounts {
        get async throws { try await app.counter().counts(of: name) }
    }

    /// How many calls are ready to start, as RQ counts: neither delayed nor running.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot tell.
    public var count: Int {
        get async throws { try app.known(await counts.ready, "how many calls are ready in queue \"\(name)\"") }
    }

    public var isEmpty: Bool {
        get async throws { try await count == 0 }
    }

    /// Calls that are ready, in the order in which they will start.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker shows no messages.
    public func jobs(
        _ status: MessagePlace.Status = .ready, offset: Int = 0, limit: Int = 100
    ) async throws -> [Job] {
        try await ids(status, offset: offset, limit: limit).map { Job(id: $0, app: app) }
    }

    /// Their ids.
    public func ids(
        _ status: MessagePlace.Status = .ready, offset: Int = 0, limit: Int = 100
    ) async throws -> [TaskID] {
        try await inspector().messages(in: name, status, offset: offset, limit: limit).map(\.id)
    }

    /// How many calls start before it; `nil` if it is not ready in any queue.
    public func position(of id: TaskID) async throws -> Int? { try await inspector().position(of: id) }

    /// The call with that id, wherever it stands.
    ///
    /// - Returns: `nil` if nothing is known of it.
    public func job(_ id: TaskID) async throws -> Job? { try await app.job(id) }

    // MARK: What has become of its jobs

    public var started: JobRegistry { JobRegistry(kind: .started, queue: name, app: app) }
    public var finished: JobRegistry { JobRegistry(kind: .finished, queue: name, app: app) }
    public var failed: JobRegistry { JobRegistry(kind: .failed, queue: name, app: app) }
    /// Those that wait for others.
    public var deferred: JobRegistry { JobRegistry(kind: .deferred, queue: name, app: app) }
    public var scheduled: JobRegistry { JobRegistry(kind: .scheduled, queue: name, app: app) }
    public var canceled: JobRegistry { JobRegistry(kind: .canceled, queue: name, app: app) }

    // MARK: Taking out

    /// Removes what waits, delayed calls included.
    ///
    /// - Returns: how many calls that were.
    @discardableResult
    public func empty() async throws -> Int { try await app.broker.purge(name) }

    /// Removes a call that waits, for good.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func remove(_ id: TaskID) async throws -> Bool { try await inspector().remove(id) }

    /// Deletes the queue; the next call that is put in makes it anew.
    ///
    /// - Parameter deleteJobs: whether what waits there goes too, or stays as jobs that no queue holds.
    /// - Throws: `CeleriacError` with code `unsupported` where jobs cannot be without a queue, on all brokers but `rq://`.
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
    /// All queues that hold or held a call, by name.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker shows no messages.
    public func queues() async throws -> [Queue] {
        try await backend.require(.inspector).queues().map(queue)
    }
}
