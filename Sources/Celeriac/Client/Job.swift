/// A call as RQ sees it: found by its id, of whatever task.
public struct Job: Sendable, Identifiable {
    /// RQ's words for where a job stands.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case queued, scheduled, started, finished, failed, canceled
    }

    public let id: TaskID
    let app: TaskApp

    private var handle: AsyncResult<JSONValue> { AsyncResult(id: id, app: app) }

    /// - Returns: `nil` if nothing is known of it any more.
    public var status: Status? {
        get async throws {
            let place = try await message?.status
            switch (try await handle.record?.state, place) {
            case (.success, _): return .finished
            case (.failure, _), (_, .dead): return .failed
            case (.revoked, _): return .canceled
            case (_, .ready): return .queued
            case (_, .delayed): return .scheduled
            case (_, .leased): return .started
            case (nil, nil): return nil
            // Between two looks it left its queue, and its end is being written.
            case (_, nil): return .started
            }
        }
    }

    /// The message, if the broker still holds it.
    public var message: QueuedMessage? {
        get async throws {
            try await app.require((any Inspector).self, for: "be looked into").message(of: id)
        }
    }

    /// What the job returned; `nil` unless it is finished.
    ///
    /// - Throws: `TaskFailure` if it failed or was canceled.
    public var result: JSONValue? {
        get async throws { try await handle.value }
    }

    /// What the job said last through its context.
    public var meta: JSONValue? {
        get async throws { try await handle.meta(as: JSONValue.self) }
    }

    /// How many jobs start before it; `nil` if it is not ready.
    public var position: Int? {
        get async throws { try await app.require((any Inspector).self, for: "be looked into").position(of: id) }
    }

    /// Keeps it from starting. One that runs goes on.
    public func cancel() async throws { try await handle.revoke() }

    /// Puts a failed job back into its queue as a first attempt, and forgets its failure.
    ///
    /// - Throws: `CeleriacError` with code `unknownTaskID` if there is no such failed job.
    public func requeue() async throws {
        let store = try app.require((any DeadLetterStore).self, for: "keep dead letters")
        guard try await store.requeue([id]).contains(id) else {
            throw CeleriacError(.unknownTaskID, "no failed job has the id \(id)")
        }
    }
}

extension TaskApp {
    /// The call with that id, wherever it stands.
    ///
    /// - Returns: `nil` if nothing is known of it.
    public func job(_ id: TaskID) async throws -> Job? {
        let job = Job(id: id, app: self)
        if try await job.message != nil { return job }
        return try await results?.record(of: id) == nil ? nil : job
    }
}
