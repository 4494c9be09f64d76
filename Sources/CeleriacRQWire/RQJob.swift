package import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A job as RQ keeps it: the hash `rq:job:<id>`.
///
/// Every field that RQ 3.0 writes; what is missing or empty there is `nil` here. Pure: knows no clock and no server.
/// Source: RQ 3.0.0, `job.py` (`restore`, `to_dict`).
package struct RQJob: Sendable, Hashable {
    /// The key's last part; no field of the hash. RQ takes letters, digits, `_` and `-` only.
    package var id: TaskID
    package var status: RQStatus = .created
    /// "data": the call in the queue's serialiser, not packed. See ``call(as:limits:)``.
    package var data: [UInt8]
    /// The queue's name, as RQ wrote it. See ``queue()``.
    package var origin: String?
    /// The call for people: `tasks.add(2, 3)`. See ``RQDescription``.
    package var description: String?

    package var createdAt: Date?
    package var enqueuedAt: Date?
    package var startedAt: Date?
    package var endedAt: Date?
    package var lastHeartbeat: Date?

    /// How long it may run; RQ's own default is 180 s.
    package var timeout: RQSpan?
    /// How long its result stays; 0 = none is kept. `nil` = as the worker says, 500 s.
    package var resultTTL: RQSpan?
    /// How long it stays once it has failed. `nil` = a year.
    package var failureTTL: RQSpan?
    /// How long it may wait in the queue. `nil` = for ever.
    package var ttl: RQSpan?

    package var workerName: String?
    package var groupID: String?
    /// The caller's own data in the queue's serialiser. See ``RQSerializer/json(of:limits:)``.
    package var meta: [UInt8]?

    package var successCallback: RQCallback?
    package var failureCallback: RQCallback?
    package var stoppedCallback: RQCallback?

    package var retriesLeft: Int?
    /// The pause before each retry; the last one stays once they are used up.
    package var retryIntervals: [Duration]?
    package var isEnqueuedAtFrontOnRetry = false
    /// Retries that the function itself asked for, so far.
    package var numberOfRetries: Int?
    package var repeatsLeft: Int?
    package var repeatIntervals: [Duration]?

    /// The jobs that it waits for.
    package var dependencyIDs: [TaskID] = []
    /// Whether a dependency that fails counts as met.
    package var allowsDependencyFailures: Bool?
    package var isEnqueuedAtFront: Bool?

    package var webhooks: [RQWebhook] = []
    package var rateLimitKey: String?
    /// How many jobs of the key may run at once.
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

    /// The queue that it belongs to.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` where the field `origin` is missing, or no name of a queue
    ///   here.
    package func queue() throws -> QueueName {
        guard let origin else {
            throw CeleriacError(.malformedMessage, "refused the field origin of a job: it is missing")
        }
        return try QueueName(origin)
    }

    /// The call that it is.
    ///
    /// - Parameter serializer: `nil` = whatever the bytes look like.
    /// - Throws: as ``RQCall/decode(_:as:limits:)``.
    package func call(as serializer: RQSerializer? = nil, limits: MessageLimits = MessageLimits()) throws -> RQCall {
        try RQCall.decode(data, as: serializer, limits: limits)
    }
}

/// A function that RQ's workers call when a job ends, by its dotted name.
package struct RQCallback: Sendable, Hashable {
    package var name: String
    /// How long it may run. `nil` = as RQ says, 60 s.
    package var timeout: RQSpan?

    package init(_ name: String, timeout: RQSpan? = nil) {
        self.name = name
        self.timeout = timeout
    }
}
