public import CeleriacCore

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A job as RQ keeps it: the hash `rq:job:<id>`.
///
/// Every field that RQ 3.0 writes; what is missing or empty there is `nil` here. Pure: knows no clock and no server.
/// Source: RQ 3.0.0, `job.py` (`restore`, `to_dict`).
public struct RQJob: Sendable, Hashable {
    /// The key's last part; no field of the hash. RQ takes letters, digits, `_` and `-` only.
    public var id: TaskID
    public var status: RQStatus = .created
    /// "data": the call in the queue's serialiser, not packed. See ``call(as:limits:)``.
    public var data: [UInt8]
    /// The queue's name, as RQ wrote it. See ``queue()``.
    public var origin: String?
    /// The call for people: `tasks.add(2, 3)`. See ``RQDescription``.
    public var description: String?

    public var createdAt: Date?
    public var enqueuedAt: Date?
    public var startedAt: Date?
    public var endedAt: Date?
    public var lastHeartbeat: Date?

    /// How long it may run; RQ's own default is 180 s.
    public var timeout: RQSpan?
    /// How long its result stays; 0 = none is kept. `nil` = as the worker says, 500 s.
    public var resultTTL: RQSpan?
    /// How long it stays once it has failed. `nil` = a year.
    public var failureTTL: RQSpan?
    /// How long it may wait in the queue. `nil` = for ever.
    public var ttl: RQSpan?

    public var workerName: String?
    public var groupID: String?
    /// The caller's own data in the queue's serialiser. See ``RQSerializer/json(of:limits:)``.
    public var meta: [UInt8]?

    public var successCallback: RQCallback?
    public var failureCallback: RQCallback?
    public var stoppedCallback: RQCallback?

    public var retriesLeft: Int?
    /// The pause before each retry; the last one stays once they are used up.
    public var retryIntervals: [Duration]?
    public var isEnqueuedAtFrontOnRetry = false
    /// Retries that the function itself asked for, so far.
    public var numberOfRetries: Int?
    public var repeatsLeft: Int?
    public var repeatIntervals: [Duration]?

    /// The jobs that it waits for.
    public var dependencyIDs: [TaskID] = []
    /// Whether a dependency that fails counts as met.
    public var allowsDependencyFailures: Bool?
    public var isEnqueuedAtFront: Bool?

    public var webhooks: [RQWebhook] = []
    public var rateLimitKey: String?
    /// How many jobs of the key may run at once.
    public var rateLimitConcurrency: Int?

    /// The result in the queue's serialiser, as older versions kept it; RQ 3.0 writes ``RQResult`` instead.
    public var result: [UInt8]?
    /// "exc_info": the traceback, as older versions kept it.
    public var exceptionText: String?

    public init(id: TaskID, data: [UInt8]) {
        self.id = id
        self.data = data
    }

    // MARK: Looking in

    /// The queue that it belongs to.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` where the field `origin` is missing, or no name of a queue
    ///   here.
    public func queue() throws -> QueueName {
        guard let origin else {
            throw CeleriacError(.malformedMessage, "refused the field origin of a job: it is missing")
        }
        return try QueueName(origin)
    }

    /// The call that it is.
    ///
    /// - Parameter serializer: `nil` = whatever the bytes look like.
    /// - Throws: as ``RQCall/decode(_:as:limits:)``.
    public func call(as serializer: RQSerializer? = nil, limits: MessageLimits = MessageLimits()) throws -> RQCall {
        try RQCall.decode(data, as: serializer, limits: limits)
    }
}

/// A function that RQ's workers call when a job ends, by its dotted name.
public struct RQCallback: Sendable, Hashable {
    public var name: String
    /// How long it may run. `nil` = as RQ says, 60 s.
    public var timeout: RQSpan?

    public init(_ name: String, timeout: RQSpan? = nil) {
        self.name = name
        self.timeout = timeout
    }
}
