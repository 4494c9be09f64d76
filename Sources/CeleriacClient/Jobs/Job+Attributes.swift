extension Job {
    /// Returns everything that is known of the job now, as a value.
    ///
    /// - Throws: `CeleriacError` with code `unknownTaskID` if nothing is known, `malformedMessage` if the job cannot be
    ///   read.
    public func refresh() async throws -> JobSnapshot {
        if let snapshot = try await jobs?.snapshot(of: id) { return snapshot }
        let (message, record) = (try await message, try await app.results?.record(of: id))
        guard let status = Self.status(place: message?.status, state: record?.state) else {
            throw CeleriacError(
                .unknownTaskID, "nothing is known about job \(id): it was never enqueued, or it was deleted")
        }
        var snapshot = JobSnapshot(id: id, status: status)
        if let message { snapshot.take(message) }
        if let record { snapshot.take(record) }
        return snapshot
    }

    /// The caller's own metadata, from any source: sent with the call, set by the job through its context, or saved by
    /// `saveMeta`.
    public var meta: JSONValue? {
        get async throws {
            if let kept = try await jobs?.snapshot(of: id)?.meta, !kept.isEmpty { return .object(kept) }
            if let told = try await app.results?.record(of: id)?.meta { return try JSONValue(parsing: told) }
            return try await message?.envelope.headers.extra["meta"]
        }
    }

    /// Replaces the job's metadata with the members of any value that is written as a JSON object.
    ///
    /// - Throws: `EncodingError`; `CeleriacError` with code `invalidArguments` if the value is not an object, with
    ///   `unknownTaskID`, or with `unsupported` on all brokers except `rq://`.
    public func saveMeta(_ meta: some Encodable) async throws {
        guard case .object(let members) = try JSONValue(parsing: JSONCoding.encode(meta), limits: .checkedBefore) else {
            throw CeleriacError(
                .invalidArguments,
                "metadata must be a JSON object; \(type(of: meta)) is encoded as another kind of value")
        }
        try await saveMeta(members)
    }

    /// Replaces the job's metadata.
    ///
    /// - Throws: `CeleriacError` with code `unknownTaskID`, or `unsupported` on all brokers except `rq://`.
    public func saveMeta(_ meta: JSONObject) async throws {
        let store = try app.backend.require(.jobs)
        guard try await store.saveMeta(meta, of: id) else {
            throw CeleriacError(.unknownTaskID, "there is no job with the id \(id)")
        }
    }
}

extension JobSnapshot {
    fileprivate mutating func take(_ message: QueuedMessage) {
        let headers = message.envelope.headers
        (task, origin, group) = (headers.task, message.queue, headers.group)
        description = headers.extra["description"]?.stringValue ?? headers.shadow
        enqueuedAt = message.enqueuedAt
        scheduledFor = message.status == .delayed ? message.notBefore : nil
        timeout = headers.timeLimit ?? headers.softTimeLimit
        callbacks = JobCallbacks(headers.extra[JobCallbacks.header])
        if let retry = JobRetry(headers.extra[JobRetry.header]) {
            (retriesLeft, retryIntervals) = (max(0, retry.max - headers.retries), retry.intervals)
        }
        meta = headers.extra["meta"]?.objectValue ?? [:]
        if headers.ignoreResult == true { resultTTL = .zero }
    }

    fileprivate mutating func take(_ record: TaskRecord) {
        (task, origin) = (record.task ?? task, record.queue ?? origin)
        (worker, startedAt) = (record.worker, record.startedAt)
        endedAt = record.state.isTerminal ? record.at : nil
        if let told = record.meta.flatMap({ try? JSONValue(parsing: $0) })?.objectValue { meta = told }
    }
}

extension JobResult {
    /// Makes the result of a call that has ended; `nil` if the call has not ended, or was revoked before it started.
    init?(end record: TaskRecord) {
        switch record.state {
        case .success: self.init(.successful)
        case .failure: self.init(.failed)
        case .revoked where record.startedAt != nil: self.init(.stopped)
        default: return nil
        }
        returnValue = record.result.flatMap { try? JSONValue(parsing: $0, limits: .checkedBefore) }
        if returnValue == .null { returnValue = nil }
        exceptionText = record.failure.map { $0.traceback ?? "\($0)" }
        (createdAt, endedAt, startedAt, worker) = (record.at, record.at, record.startedAt, record.worker)
    }
}
