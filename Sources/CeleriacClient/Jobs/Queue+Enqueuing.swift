#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Enqueuing with RQ's options. `JobOptions` documents each of them.
extension Queue {
    /// Puts a call into this queue; the queue of its task is ignored.
    ///
    /// ```swift
    /// try await queue.enqueue($count(words: 3))
    /// try await queue.enqueue($count(words: 3), in: .minutes(5))
    /// try await queue.enqueue($count(words: 3), dependsOn: [fetch], retry: JobRetry(max: 3), onSuccess: $report)
    /// ```
    ///
    /// `in` is the shortest delay from now, `at` the earliest start; if both are given, `at` applies. Each callback is
    /// a task or a `JobCallback`: `onSuccess` is called with the id and the result, `onFailure` with the id and the
    /// error's text, `onStopped` with the id. `JobOptions` documents the other parameters.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments`, `tooLarge`, `unknownQueue`, `duplicateJob`, or
    ///   `unsupported` if the broker does not support an option; `BrokerError`.
    @discardableResult
    public func enqueue<Output>(
        _ call: Signature<Output>, in delay: Duration? = nil, at date: Date? = nil, id: TaskID? = nil,
        unique: Bool = false, dependsOn dependencies: JobDependencies? = nil, retry: JobRetry? = nil,
        repeat repetition: JobRepeat? = nil, onSuccess: (any JobCallbackTarget)? = nil,
        onFailure: (any JobCallbackTarget)? = nil, onStopped: (any JobCallbackTarget)? = nil, group: String? = nil,
        rateLimit: JobRateLimit? = nil, webhooks: [JobWebhook] = [], meta: JSONObject = [:],
        description: String? = nil, timeout: Duration? = nil, resultTTL: JobLifetime? = nil, ttl: Duration? = nil,
        failureTTL: JobLifetime? = nil, atFront: Bool = false
    ) async throws -> AsyncResult<Output> {
        try await enqueue(
            call, in: delay, at: date,
            job: JobOptions(
                id: id, unique: unique, dependsOn: dependencies, retry: retry, repeat: repetition,
                onSuccess: onSuccess, onFailure: onFailure, onStopped: onStopped, group: group, rateLimit: rateLimit,
                webhooks: webhooks, meta: meta, description: description, timeout: timeout, resultTTL: resultTTL,
                ttl: ttl, failureTTL: failureTTL, atFront: atFront))
    }

    /// Puts a call into this queue by the name of its task, for a function in another program.
    ///
    /// ```swift
    /// try await queue.enqueue("tasks.count_words", args: ["a b c"], kwargs: ["language": "en"], retry: JobRetry(max: 3))
    /// ```
    @discardableResult
    public func enqueue(
        _ task: TaskName, args: [JSONValue] = [], kwargs: JSONObject = [:], in delay: Duration? = nil,
        at date: Date? = nil, id: TaskID? = nil, unique: Bool = false,
        dependsOn dependencies: JobDependencies? = nil, retry: JobRetry? = nil, repeat repetition: JobRepeat? = nil,
        onSuccess: (any JobCallbackTarget)? = nil, onFailure: (any JobCallbackTarget)? = nil,
        onStopped: (any JobCallbackTarget)? = nil, group: String? = nil, rateLimit: JobRateLimit? = nil,
        webhooks: [JobWebhook] = [], meta: JSONObject = [:], description: String? = nil,
        timeout: Duration? = nil, resultTTL: JobLifetime? = nil, ttl: Duration? = nil,
        failureTTL: JobLifetime? = nil, atFront: Bool = false
    ) async throws -> AsyncResult<JSONValue> {
        try await enqueue(
            Signature(task, EncodedArguments(args: args, kwargs: kwargs)), in: delay, at: date,
            job: JobOptions(
                id: id, unique: unique, dependsOn: dependencies, retry: retry, repeat: repetition,
                onSuccess: onSuccess, onFailure: onFailure, onStopped: onStopped, group: group, rateLimit: rateLimit,
                webhooks: webhooks, meta: meta, description: description, timeout: timeout, resultTTL: resultTTL,
                ttl: ttl, failureTTL: failureTTL, atFront: atFront))
    }

    /// Puts a call into this queue with RQ's options as one value, which many calls can share. These options override
    /// those of the call.
    @discardableResult
    public func enqueue<Output>(
        _ call: Signature<Output>, in delay: Duration? = nil, at date: Date? = nil, job: JobOptions
    ) async throws -> AsyncResult<Output> {
        var call = job == JobOptions() ? call : call.with(job)
        if let date { (call.options.eta, call.options.countdown) = (date, nil) }
        if date == nil, let delay { (call.options.eta, call.options.countdown) = (nil, delay) }
        return try await enqueue(call, options: call.options)
    }

    /// Puts a call into this queue with options that replace its own.
    @discardableResult
    public func enqueue<Output>(
        _ call: Signature<Output>, options: CallOptions
    ) async throws -> AsyncResult<Output> {
        try await app.send(call.with(here(options)))
    }

    /// Puts many calls in at once: all or none, in one transaction or round trip, unless the broker takes calls one by
    /// one. Options of a single call go with that call: `$count(words: 3).with(JobOptions(retry: JobRetry(max: 3)))`.
    /// The options given here apply to all calls, but do not override those of a single call.
    ///
    /// - Throws: as `enqueue`. After `duplicateJob`, the calls whose ids were free are enqueued.
    @discardableResult
    public func enqueueMany<Output>(
        _ calls: [Signature<Output>], job: JobOptions = JobOptions()
    ) async throws -> [AsyncResult<Output>] {
        try await app.send(
            calls.map { call in
                let call = job == JobOptions() ? call : call.with((call.options.job ?? job).completed(by: job))
                return call.with(here(call.options))
            })
    }

    private func here(_ options: CallOptions) -> CallOptions {
        var options = options
        options.queue = name
        return options
    }
}
