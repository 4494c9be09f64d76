#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Putting in, in RQ's words. What each of them means stands with `JobOptions`.
extension Queue {
    /// Puts a call into this queue, whatever queue its task names.
    ///
    /// ```swift
    /// try await queue.enqueue($count(words: 3))
    /// try await queue.enqueue($count(words: 3), in: .minutes(5))
    /// try await queue.enqueue($count(words: 3), dependsOn: [fetch], retry: JobRetry(max: 3), onSuccess: $report)
    /// ```
    ///
    /// `in` says how long from now it is not to start, `at` when to start at the earliest; of both, `at` wins. The callbacks are
    /// tasks, or a `JobCallback` each: `onSuccess` is called with the id and the result, `onFailure` with the id and the error's
    /// text, `onStopped` with the id. All else is as `JobOptions` has it.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments`, `tooLarge`, `unknownQueue`, `duplicateJob`, or `unsupported` where
    ///   the broker cannot do what is asked; `BrokerError`.
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

    /// The same for a function that lives elsewhere, by its name.
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

    /// The same with what is said in RQ's words as a value, which many calls can share. It wins over what the call says itself.
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

    /// Puts many calls in at once: all or none, in one transaction or round trip. What single ones want stands with them:
    /// `$count(words: 3).with(JobOptions(retry: JobRetry(max: 3)))`; what is given here holds for all of them.
    ///
    /// - Throws: as `enqueue`; with `duplicateJob` those are in whose ids were free.
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
