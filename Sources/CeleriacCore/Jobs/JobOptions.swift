/// RQ's options for a job when it is enqueued, under RQ's names; an option that is not set uses the value of the task
/// or the app.
///
/// ```swift
/// try await queue.enqueue($count(words: 3), dependsOn: [fetch], retry: JobRetry(max: 3), onSuccess: $report, atFront: true)
///
/// let often = JobOptions(retry: JobRetry(max: 3), resultTTL: .days(1))
/// try await queue.enqueue($count(words: 3), job: often)
/// ```
///
/// A ``JobBroker`` (`rq://`) supports all of them. On other brokers ``dependencies``, ``repetition``, ``rateLimit``,
/// ``webhooks``, ``failureTTL`` and a ``resultTTL`` other than zero are refused when the job is enqueued; the others
/// travel with the message. No option is dropped silently.
public struct JobOptions: Sendable, Hashable {
    /// `nil` for a random id. RQ accepts letters, digits, `_` and `-`.
    public var id: TaskID?
    /// Whether the job is refused, with `duplicateJob`, if a job with its ``id`` exists; the id must be given. On RQ's
    /// keys the other job "exists" as long as its result is kept, on other brokers until it has ended.
    public var isUnique: Bool
    /// The jobs that it waits for. Such a job cannot have a start time: `in:` and `at:` are refused together with this
    /// option.
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
    /// A description of the call for people; `nil` for its name and arguments.
    public var description: String?
    /// How long it may run; `nil` to use the task's setting. RQ's own default, 180 s, does not apply.
    public var timeout: Duration?
    /// How long its result is kept; `nil` to use the app's setting; RQ's workers keep it for 500 s.
    public var resultTTL: JobLifetime?
    /// How long it may wait in its queue, counted from its arrival there; `nil` for forever.
    public var ttl: Duration?
    /// How long it is kept after it has failed; `nil` for one year.
    public var failureTTL: JobLifetime?
    /// Whether it goes in front of all other jobs of its queue.
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

/// A value that names a callback: a ``JobCallback``, or the handle of a task.
public protocol JobCallbackTarget: Sendable {
    var callback: JobCallback { get }
}

extension JobCallback: JobCallbackTarget {
    public var callback: JobCallback { self }
}

extension JobOptions {
    /// Returns a copy in which options that are not set are taken from `other`.
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
