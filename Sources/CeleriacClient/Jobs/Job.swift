/// A call in RQ's style: found by its id, whatever its task.
public struct Job: Sendable, Identifiable {
    /// RQ's statuses of a job. `rq://` uses all of them; the other brokers only those that follow from the job's
    /// message and record.
    public typealias Status = JobStatus

    /// The id of the job: that of the call.
    public let id: TaskID
    let app: TaskApp

    /// Makes a job from an id, without checking that it exists. `TaskApp.job(_:)` checks.
    public init(id: TaskID, app: TaskApp) {
        self.id = id
        self.app = app
    }

    var handle: AsyncResult<JSONValue> { AsyncResult(id: id, app: app) }
    /// The broker, if it supports jobs.
    var jobs: (any JobBroker)? { app.backend.jobs }

    // MARK: Where it stands

    /// - Returns: `nil` if nothing is known of the job any longer.
    public var status: Status? {
        get async throws {
            if let status = try await jobs?.jobStatus(of: id) { return status }
            let state = try await handle.record?.state
            // A call that has ended needs no search for its message.
            if let state, state.isTerminal { return Self.status(place: nil, state: state) }
            if let place = try await message?.status { return Self.status(place: place, state: state) }
            return Self.status(place: nil, state: try await handle.record?.state)
        }
    }

    static func status(place: MessagePlace.Status?, state: TaskState?) -> Status? {
        switch (state, place) {
        case (.success, _): .finished
        case (.failure, _), (_, .dead): .failed
        case (.revoked, _): .canceled
        case (_, .ready): .queued
        case (_, .delayed): .scheduled
        case (_, .leased): .started
        case (nil, nil): nil
        // Between the two reads the message left its queue, and the end of the call is being written.
        case (_, nil): .started
        }
    }

    /// The message, if the broker still holds it.
    public var message: QueuedMessage? {
        get async throws {
            try await app.backend.require(.inspector).message(of: id)
        }
    }

    /// The number of jobs that start before this one; `nil` if it is not ready.
    public var position: Int? {
        get async throws { try await app.backend.require(.inspector).position(of: id) }
    }

    // MARK: What came of it

    /// The output of the job; `nil` unless it is finished.
    ///
    /// - Throws: `TaskFailure` if it failed or was canceled.
    public var result: JSONValue? {
        get async throws { try await handle.value }
    }

    /// Returns the output, decoded as the given type.
    ///
    /// - Throws: as ``result``; also `CeleriacError` with code `wrongResultType`.
    public func result<Output: Decodable & Sendable>(as type: Output.Type) async throws -> Output? {
        try await AsyncResult<Output>(id: id, app: app).value
    }

    /// How its latest run ended; `nil` if it has not ended yet.
    public var latestResult: JobResult? {
        get async throws { try await results(limit: 1).first }
    }

    /// How its latest runs ended, the newest first: on `rq://` the last ten that RQ keeps, elsewhere only the final
    /// one.
    public var results: [JobResult] {
        get async throws { try await results(limit: 10) }
    }

    private func results(limit: Int) async throws -> [JobResult] {
        if let jobs { return try await jobs.results(of: id, limit: limit) }
        return try await handle.record.flatMap(JobResult.init(end:)).map { [$0] } ?? []
    }

    // MARK: Changing

    /// Prevents the job from starting. A running job goes on.
    ///
    /// - Parameter enqueueDependents: whether the jobs that wait for it are released as if it had finished. Applies
    ///   only to a job that has not started; the dependents of a running job start when it has finished. Has no effect
    ///   on brokers without dependencies.
    public func cancel(enqueueDependents: Bool = false) async throws {
        if enqueueDependents, let jobs {
            let until = app.time.now.adding(TaskApp.revocationSpan)
            if try await jobs.cancelReleasingDependents(id, until: until) { return }
        }
        try await handle.revoke()
    }

    /// Puts a failed job back into its queue as a first attempt, and forgets its failure.
    ///
    /// - Throws: `CeleriacError` with code `unknownTaskID` if no failed job has the id, `unsupported` for `atFront` on
    ///   all brokers except `rq://`.
    public func requeue(atFront: Bool = false) async throws {
        guard try await isRequeued(atFront) else {
            throw CeleriacError(.unknownTaskID, "there is no failed job with the id \(id)")
        }
    }

    private func isRequeued(_ atFront: Bool) async throws -> Bool {
        if let jobs { return try await jobs.requeue(id, atFront: atFront) }
        let store = try app.backend.require(.deadLetters)
        guard !atFront else {
            throw CeleriacError(
                .unsupported,
                "job \(id) cannot be requeued at the front: the broker of this app (\(app.broker.transport)) puts it at the back; "
                    + "leave out atFront")
        }
        return try await store.requeue([id]).contains(id)
    }

    /// Deletes the job with its results, whatever its status.
    ///
    /// - Parameter deleteDependents: whether to delete the jobs that wait for it too, and the jobs that wait for those.
    /// - Returns: whether anything was deleted.
    /// - Throws: `CeleriacError` with code `unsupported` for a running job, on all brokers except `rq://`. On `rq://` a
    ///   running job is deleted, and its worker loses it.
    @discardableResult
    public func delete(deleteDependents: Bool = false) async throws -> Bool {
        if let jobs { return try await jobs.delete(id, withDependents: deleteDependents) }
        let message = try await message
        guard message?.status != .leased else {
            throw CeleriacError(
                .unsupported, "job \(id) is running and cannot be deleted: revoke it with terminate first")
        }
        let wasKnown = try await app.results?.record(of: id) != nil
        if message?.status == .dead {
            _ = try await app.backend.require(.deadLetters).deleteDeadLetters([id])
        } else if message != nil {
            _ = try await app.backend.require(.inspector).remove(id)
        }
        try await app.results?.forget(id)
        return message != nil || wasKnown
    }
}

extension Job: JobReference {
    public var jobID: TaskID { id }
}

extension AsyncResult: JobReference {
    public var jobID: TaskID { id }

    /// The same call as an RQ-style job.
    public var job: Job { Job(id: id, app: app) }
}

extension TaskApp {
    /// Finds the call with an id, whatever its status.
    ///
    /// - Returns: `nil` if nothing is known of the id.
    public func job(_ id: TaskID) async throws -> Job? {
        let job = Job(id: id, app: self)
        if try await backend.jobs?.jobStatus(of: id) != nil { return job }
        if try await job.message != nil { return job }
        return try await results?.record(of: id) == nil ? nil : job
    }
}
