package import CeleriacCore

extension RQJob {
    /// Reads the hash.
    ///
    /// As lenient as RQ, and also accepts dates in any ISO 8601 form, which RQ's workers do not. Fields that are not
    /// RQ's are skipped.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`, which names the field.
    package init(id: TaskID, fields: RQFields, limits: MessageLimits = MessageLimits()) throws {
        let reader = RQFieldReader(fields, of: "a job", limits: limits)
        guard let data = try reader.unpacked("data") else { throw reader.refusal("data", "it is missing") }
        self.init(id: id, data: data)
        status = try Self.status(reader)
        origin = try reader.text("origin")
        description = reader.bytes("description").map { String(decoding: $0, as: UTF8.self) }
        (workerName, groupID) = (try reader.text("worker_name"), try reader.text("group_id"))
        meta = reader.bytes("meta")
        try readTimes(reader)
        try readCallbacks(reader)
        try readRepetition(reader)
        try readDependencies(reader)
        webhooks = reader.bytes("webhooks").flatMap { RQWebhook.list(in: $0, limits: limits) } ?? []
        rateLimitKey = try reader.text("rate_limit_key")
        rateLimitConcurrency = try Self.count("rate_limit_concurrency", reader)
        result = reader.bytes("result")
        exceptionText = try reader.unpacked("exc_info").map { String(decoding: $0, as: UTF8.self) }
    }

    private static func status(_ reader: RQFieldReader) throws -> RQStatus {
        guard let text = try reader.text("status") else { return .created }
        guard let status = RQStatus(rawValue: text) else {
            throw reader.refusal("status", "\(RQFieldReader.shown(text)) is not a job status of RQ")
        }
        return status
    }

    private mutating func readTimes(_ reader: RQFieldReader) throws {
        (createdAt, enqueuedAt) = (try reader.date("created_at"), try reader.date("enqueued_at"))
        (startedAt, endedAt) = (try reader.date("started_at"), try reader.date("ended_at"))
        lastHeartbeat = try reader.date("last_heartbeat")
        (timeout, ttl) = (try reader.span("timeout"), try reader.span("ttl"))
        (resultTTL, failureTTL) = (try reader.span("result_ttl"), try reader.span("failure_ttl"))
    }

    private mutating func readCallbacks(_ reader: RQFieldReader) throws {
        func callback(_ name: String) throws -> RQCallback? {
            let timeout = try reader.span(name + "_timeout")
            return try reader.text(name + "_name").map { RQCallback($0, timeout: timeout) }
        }
        successCallback = try callback("success_callback")
        failureCallback = try callback("failure_callback")
        stoppedCallback = try callback("stopped_callback")
    }

    private mutating func readRepetition(_ reader: RQFieldReader) throws {
        (retriesLeft, numberOfRetries) = (
            try Self.count("retries_left", reader), try Self.count("number_of_retries", reader)
        )
        retryIntervals = try reader.json("retry_intervals", Self.durations)
        isEnqueuedAtFrontOnRetry = try reader.flag("enqueue_at_front_on_retry") ?? false
        repeatsLeft = try Self.count("repeats_left", reader)
        repeatIntervals = try reader.json("repeat_intervals", Self.durations)
    }

    /// Reads a count. A negative count becomes zero, which agrees with RQ's own comparisons.
    private static func count(_ name: String, _ reader: RQFieldReader) throws -> Int? {
        try reader.integer(name).map { Int(count: $0) }
    }

    private mutating func readDependencies(_ reader: RQFieldReader) throws {
        let all = try reader.json("dependency_ids") { list throws(JSONError) in
            var ids: [TaskID] = []
            try list.beginArray()
            while try list.nextElement() { ids.append(TaskID(try list.string())) }
            return ids
        }
        dependencyIDs = try all ?? reader.text("dependency_id").map { [TaskID($0)] } ?? []
        allowsDependencyFailures = try reader.flag("allow_dependency_failures")
        isEnqueuedAtFront = try reader.flag("enqueue_at_front")
    }

    private static func durations(_ reader: inout JSONReader) throws(JSONError) -> [Duration] {
        var durations: [Duration] = []
        try reader.beginArray()
        while try reader.nextElement() { durations.append(try reader.seconds()) }
        return durations
    }
}
