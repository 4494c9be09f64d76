import CeleriacCore
import CeleriacRQWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A job's hash, read as a message: RQ's fields and our own part.
struct RQMessage: Sendable {
    let job: RQJob
    let queue: QueueName
    let serializer: RQSerializer
    let envelope: Envelope
    /// How often it was handed out without being settled or given back.
    let deliveries: Int

    /// - Parameters:
    ///   - queue: the queue where it was found; `nil` for the one in its field `origin`.
    /// - Throws: ``CeleriacError``, which names the field that cannot be read.
    init(id: TaskID, fields: RQFields, in queue: QueueName?, limits: MessageLimits) throws {
        job = try RQJob(id: id, fields: fields, limits: limits)
        self.queue = try queue ?? job.queue()
        serializer = RQSerializer(detecting: job.data)
        deliveries = fields.count("celeriac_deliveries") ?? 0
        let call = try job.call(as: serializer, limits: limits)
        let own = fields[RQOwnPart.field].flatMap { try? RQOwnPart(parsing: $0, limits: limits.json) }
        var headers = own?.headers ?? job.headers(call.task, serializer, limits: limits)
        headers.id = id
        headers.task = call.task
        if let retries = fields.count("celeriac_retries") { headers.retries = retries }
        // Here RQ's own fields determine how often it is retried; see RQEndDecision.
        headers.extra[JobRetry.header] = nil
        if let callbacks = job.callbacks.value { headers.extra[JobCallbacks.header] = callbacks }
        let properties = Envelope.Properties(
            priority: own?.priority, correlationID: own?.correlationID, replyTo: own?.replyTo)
        envelope = RQBody(call.arguments, embed: own?.embed ?? Message.emptyEmbed).envelope(headers, properties)
    }
}

extension RQJob {
    /// Returns Celery's headers for a job that was enqueued by RQ, as far as they can express it.
    fileprivate func headers(_ task: TaskName, _ serializer: RQSerializer, limits: MessageLimits) -> MessageHeaders {
        var headers = MessageHeaders(id: id, task: task)
        headers.timeLimit = timeout?.duration
        if let ttl = ttl?.duration { headers.expires = (enqueuedAt ?? createdAt)?.adding(ttl) }
        headers.group = groupID
        headers.retries = max(0, numberOfRetries ?? 0)
        if resultTTL?.seconds == 0 { headers.ignoreResult = true }
        if let meta, let text = try? serializer.json(of: meta, limits: limits),
            let value = try? JSONValue(parsing: text, limits: limits.json)
        {
            headers.extra["meta"] = value
        }
        return headers
    }
}

extension RQJob {
    /// The callbacks that are tasks for the process that runs the job.
    fileprivate var callbacks: JobCallbacks {
        JobCallbacks(
            success: successCallback.map(JobCallback.init), failure: failureCallback.map(JobCallback.init),
            stopped: stoppedCallback.map(JobCallback.init))
    }
}

extension JobCallback {
    fileprivate init(_ callback: RQCallback) {
        self.init(TaskName(callback.name))
        if let seconds = callback.timeout?.seconds, seconds > 0 { timeout = .seconds(seconds) }
    }
}

extension RQFields {
    func text(_ name: String) -> String? { self[name].map { String(decoding: $0, as: UTF8.self) } }
    /// Returns a number for calculations. It is limited, because anybody may have written it.
    func count(_ name: String) -> Int? { text(name).flatMap { Int($0) }.map { Int(count: $0) } }
}
