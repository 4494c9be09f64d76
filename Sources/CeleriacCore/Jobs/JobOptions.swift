/// What RQ lets one say of a job when it is enqueued, in RQ's words; what is not said is as the task and the app have it.
///
/// ```swift
/// try await queue.enqueue($count(words: 3), dependsOn: [fetch], retry: JobRetry(max: 3), onSuccess: $report, atFront: true)
///
/// let often = JobOptions(retry: JobRetry(max: 3), resultTTL: .days(1))
/// try await queue.enqueue($count(words: 3), job: often)
/// ```
///
/// A ``JobBroker`` (`rq://`) knows all of it. On the other brokers ``dependencies``, ``repetition``, ``rateLimit``,
/// ``webhooks``, ``failureTTL`` and a ``resultTTL`` other than zero are refused when the job is enqueued; the rest travels
/// with the message. Nothing is dropped silently.
public struct JobOptions: Sendable, Hashable {
    /// `nil` = a random one. RQ takes letters, digits, `_` and `-`.
    public var id: TaskID?
    /// Whether the job is refused, with `duplicateJob`, if one of its ``id`` exists; the id must be given. On RQ's keys "exists"
    /// lasts as long as the other's result does, elsewhere until it has ended.
    public var isUnique: Bool
    /// The jobs that it waits for. Such a job has no time of its own: `in:` and `at:` are refused beside it.
    public var dependencies: JobDependencies?
    public var retry: JobRetry?
    public var repetition: JobRepeat?
    public var callbacks: JobCallbacks
    /// The group of jobs that it belongs to.
    public var group: String?
    public var rateLimit: JobRateLimit?
    public var webhooks: [JobWebhook]
    /// The caller's own data: RQ's `job.meta`.
    public var meta: JSONObject
    /// The call for people; `nil` = its name and arguments.
    public var description: String?
    /// How long it may run; `nil` = as the task says. RQ's own default, 180 s, is not ours.
    public var timeout: Duration?
    /// How long its result is kept; `nil` = as the app says, with RQ's workers 500 s.
    public var resultTTL: JobLifetime?
    /// How long it may wait in its queue, counted from when it comes there; `nil` = for ever.
    public var ttl: Duration?
    /// How long it is kept once it has failed; `nil` = a year.
    public var failureTTL: JobLifetime?
    /// Before all others of its queue.
    public var atFront: Bool

    public init(
        id: TaskID? = nil, unique: Bool = false, dependsOn dependencies: JobDependencies? = nil,
        retry: JobRetry? = nil, repeat repetition: JobRepeat? = nil,
        onSuccess: (any JobCallbackTarget)? = nil, onFailure: (any JobCallbackTarget)? = nil,
        onStopped: (any JobCallbackTarget)? = nil, group: String? = nil, rateLimit: JobRateLimit? = nil,
        webhooks: [JobWebhook] = [], meta: JSONObject = [:], description: String? = nil,
        timeout: Duration? = nil, resultTTL: JobLifetime? = nil, ttl: Duration? = nil,
        failureTTL: JobLifetime? = nil, atFront: Bool = false
    ) {
        self.id = id
        isUnique = unique
        self.dependencies = dependencies
        self.retry = retry
        self.repetition = repetition
        callbacks = JobCallbacks(
            success: onSuccess?.callback, failure: onFailure?.callback, stopped: onStopped?.callback)
        self.group = group
        self.rateLimit = rateLimit
        self.webhooks = webhooks
        self.meta = meta
        self.description = description
        self.timeout = timeout
        self.resultTTL = resultTTL
        self.ttl = ttl
        self.failureTTL = failureTTL
        self.atFront = atFront
    }
}

/// What can be called back: a ``JobCallback``, or the handle of a task.
public protocol JobCallbackTarget: Sendable {
    var callback: JobCallback { get }
}

extension JobCallback: JobCallbackTarget {
    public var callback: JobCallback { self }
}

extension JobOptions {
    /// The same, and what it does not say as `other` has it.
    package func completed(by other: JobOptions) -> JobOptions {
        var job = self
        job.id = id ?? other.id
        job.isUnique = isUnique || other.isUnique
        job.dependencies = dependencies ?? other.dependencies
        job.retry = retry ?? other.retry
        job.repetition = repetition ?? other.repetition
        job.callbacks.success = callbacks.success ?? other.callbacks.success
        job.callbacks.failure = callbacks.failure ?? other.callbacks.failure
        job.callbacks.stopped = callbacks.stopped ?? other.callbacks.stopped
        job.group = group ?? other.group
        job.rateLimit = rateLimit ?? other.rateLimit
        job.webhooks = webhooks.isEmpty ? other.webhooks : webhooks
        job.meta = meta.isEmpty ? other.meta : meta
        job.description = description ?? other.description
        job.timeout = timeout ?? other.timeout
        job.resultTTL = resultTTL ?? other.resultTTL
        job.ttl = ttl ?? other.ttl
        job.failureTTL = failureTTL ?? other.failureTTL
        job.atFront = atFront || other.atFront
        return job
    }
}
