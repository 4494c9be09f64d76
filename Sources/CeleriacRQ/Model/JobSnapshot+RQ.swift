import CeleriacCore
import CeleriacRQWire

extension JobSnapshot {
    /// Reads a job's hash. A call or metadata that hold more than data are not decoded, and are left out.
    init(_ job: RQJob, limits: MessageLimits) {
        self.init(id: job.id, status: JobStatus(rawValue: job.status.rawValue) ?? .created)
        let serializer = RQSerializer(detecting: job.data)
        if let call = try? job.call(as: serializer, limits: limits) {
            (task, arguments) = (call.task, RQBody(call.arguments, embed: Message.emptyEmbed).arguments)
        }
        description = job.description
        origin = job.origin.flatMap(QueueName.init(rawValue:))
        takeTimes(of: job)
        takeRepetition(of: job)
        (dependencyIDs, allowsDependencyFailures) = (job.dependencyIDs, job.allowsDependencyFailures ?? false)
        group = job.groupID
        if let key = job.rateLimitKey {
            rateLimit = JobRateLimit(key: key, concurrency: job.rateLimitConcurrency ?? 0)
        }
        callbacks = JobCallbacks(
            success: job.successCallback?.callback, failure: job.failureCallback?.callback,
            stopped: job.stoppedCallback?.callback)
        webhooks = job.webhooks.compactMap(\.webhook)
        if let meta = job.meta, let text = try? serializer.json(of: meta, limits: limits),
            let value = try? JSONValue(parsing: text, limits: limits.json)
        {
            self.meta = value.objectValue ?? [:]
        }
    }

    private mutating func takeTimes(of job: RQJob) {
        (createdAt, enqueuedAt) = (job.createdAt, job.enqueuedAt)
        (startedAt, endedAt, lastHeartbeat) = (job.startedAt, job.endedAt, job.lastHeartbeat)
        worker = job.workerName
        (timeout, ttl) = (job.timeout?.duration, job.ttl?.duration)
        (resultTTL, failureTTL) = (job.resultTTL?.lifetime, job.failureTTL?.lifetime)
    }

    private mutating func takeRepetition(of job: RQJob) {
        (retriesLeft, retryIntervals) = (job.retriesLeft, job.retryIntervals ?? [])
        (repeatsLeft, repeatIntervals) = (job.repeatsLeft, job.repeatIntervals ?? [])
    }
}

extension JobResult {
    /// RQ writes a stopped job as a failed one, with this message.
    static let stoppedText = "Job stopped by user, work-horse terminated."

    /// - Parameter entry: the id of the stream's entry, which contains the time when it was made.
    /// - Throws: ``CeleriacError`` if the entry cannot be read.
    init(_ result: RQResult, entry: String, as serializer: RQSerializer, limits: MessageLimits) throws {
        self.init(Self.kind(of: result))
        // In the entry of a retry, the value is RQ's own object that asked for it.
        if result.kind == .successful, let value = result.returnValue {
            returnValue = try JSONValue(parsing: serializer.json(of: value, limits: limits), limits: limits.json)
        }
        exceptionText = result.exceptionText
        createdAt = RQResult.createdAt(ofEntry: entry)
        worker = result.workerName.isEmpty ? nil : result.workerName
        executionID = result.executionID
        (startedAt, endedAt) = (result.executionStartedAt, result.executionEndedAt)
    }

    private static func kind(of result: RQResult) -> Kind {
        switch result.kind {
        case .successful: .successful
        case .failed: result.exceptionText == stoppedText ? .stopped : .failed
        case .stopped: .stopped
        case .retried: .retried
        case .maxRetriesExceeded: .maxRetriesExceeded
        }
    }
}
