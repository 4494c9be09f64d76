package import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A job as RQ keeps it: the hash `rq:job:<id>`.
///
/// Has every field that RQ 3.0 writes; a missing or empty field is `nil`. Pure: uses neither a clock nor a server.
/// Source: RQ 3.0.0, `job.py` (`restore`, `to_dict`).
package struct RQJob: Sendable, Hashable {
    /// The last part of the key; not a field of the hash. RQ accepts only letters, digits, `_` and `-`.
    package var id: TaskID
    package var status: RQStatus = .created
    /// "data": the call in the queue's serialiser, uncompressed. See ``call(as:limits:)``.
    package var data: [UInt8]
    /// The queue's name, as RQ wrote it. See ``queue()``.
    package var origin: String?
    /// The call as text for people: `tasks.add(2, 3)`. See ``RQDescription``.
    package var description: String?

    package var createdAt: Date?
    package var enqueuedAt: Date?
    package var startedAt: Date?
    package var endedAt: Date?
    package var lastHeartbeat: Date?

    /// The time that it may run; RQ's own default is 180 s.
    package var timeout: RQSpan?
    /// How long its result is kept; 0 keeps none. `nil` leaves it to the worker, 500 s by default.
    package var resultTTL: RQSpan?
    /// How long the job is kept after it has failed. `nil` means a year.
    package var failureTTL: RQSpan?
    /// How long it may wait in the queue. `nil` means forever.
    package var ttl: RQSpan?

    package var workerName: String?
    package var groupID: String?
    /// The caller's own data in the queue's serialiser. See ``RQSerializer/json(of:limits:)``.
    package var meta: [UInt8]?

    package var successCallback: RQCallback?
    package var failureCallback: RQCallback?
    package var stoppedCallback: RQCallback?

    package var retriesLeft: Int?
    /// The pause before each retry; once all are used, the last one applies.
    package var retryIntervals: [Duration]?
    package var isEnqueuedAtFrontOnRetry = false
    /// The number of retries that the function itself has asked for so far.
    package var numberOfRetries: Int?
    package var repeatsLeft: Int?
    package var repeatIntervals: [Duration]?

    /// The jobs that it depends on.
    package var dependencyIDs: [TaskID] = []
    /// Whether a failed dependency counts as met.
    package var allowsDependencyFailures: Bool?
    package var isEnqueuedAtFront: Bool?

    package var webhooks: [RQWebhook] = []
    package var rateLimitKey: String?
    /// How many jobs with the same key may run at once.
    package var rateLimitConcurrency: Int?

    /// The result in the queue's serialiser, as older versions kept it; RQ 3.0 writes ``RQResult`` instead.
    package var result: [UInt8]?
    /// "exc_info": the traceback, as older versions kept it.
    package var exceptionText: String?

    package init(id: TaskID, data: [UInt8]) {
        self.id = id
        self.data = data
    }

    // MARK: Looking in

    /// Returns the queue that the job belongs to.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` if the field `origin` is missing, or is not a valid
    ///   queue name here.
    package func queue() throws -> QueueName {
        guard let origin else {
            throw CeleriacError(.malformedMessage, "refused the field origin of a job: it is missing")
        }
        return try QueueName(origin)
    }

    /// Decodes the job's call.
    ///
    /// - Parameter serializer: `nil` detects it from the bytes.
    /// - Throws: as ``RQCall/decode(_:as:limits:)``.
    package func call(as serializer: RQSerializer? = nil, limits: MessageLimits = MessageLimits()) throws -> RQCall {
        try RQCall.decode(data, as: serializer, limits: limits)
    }
}

/// A function that RQ's workers call when a job ends, by its dotted name.
package struct RQCallback: Sendable, Hashable {
    package var name: String
    /// The time that it may run. `nil` means RQ's default, 60 s.
    package var timeout: RQSpan?

    package init(_ name: String, timeout: RQSpan? = nil) {
        self.name = name
        self.timeout = timeout
    }
}
