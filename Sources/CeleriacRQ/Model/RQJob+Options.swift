import CeleriacCore
import CeleriacRQWire

/// Writes a call's job options as RQ's fields.
extension RQJob {
    /// Takes over all options that are given; other fields stay. RQ has whole seconds, so fractions are rounded up.
    mutating func take(_ options: JobOptions) {
        takeRepetition(options)
        takeCallbacks(options)
        if let dependencies = options.dependencies {
            dependencyIDs = dependencies.ids
            // RQ, too, writes these fields only if they are true. It drops at_front for a job that has to wait for
            // others.
            if dependencies.allowsFailure { allowsDependencyFailures = true }
            if dependencies.isEnqueuedAtFront || options.atFront { isEnqueuedAtFront = true }
        }
        if let limit = options.rateLimit {
            (rateLimitKey, rateLimitConcurrency) = (limit.key, limit.concurrency)
            if options.atFront { isEnqueuedAtFront = true }
        }
        webhooks = options.webhooks.map(RQWebhook.init)
        if let text = options.description { description = text }
        if let resultTTL = options.resultTTL { self.resultTTL = RQSpan(resultTTL) }
        if let failureTTL = options.failureTTL { self.failureTTL = RQSpan(failureTTL) }
        if let ttl = options.ttl { self.ttl = RQSpan(ttl) }
    }

    private mutating func takeRepetition(_ options: JobOptions) {
        if let retry = options.retry {
            (retriesLeft, retryIntervals) = (retry.max, Self.intervals(retry.intervals))
            isEnqueuedAtFrontOnRetry = retry.atFront
        }
        if let repetition = options.repetition {
            (repeatsLeft, repeatIntervals) = (repetition.times, Self.intervals(repetition.intervals))
        }
    }

    private mutating func takeCallbacks(_ options: JobOptions) {
        successCallback = options.callbacks.success.map(RQCallback.init)
        failureCallback = options.callbacks.failure.map(RQCallback.init)
        stoppedCallback = options.callbacks.stopped.map(RQCallback.init)
    }

    /// RQ's workers read the last interval of the list, so there must be one.
    private static func intervals(_ intervals: [Duration]) -> [Duration] {
        intervals.isEmpty ? [.zero] : intervals.map { .seconds(RQSpan($0).seconds) }
    }
}

extension RQSpan {
    init(_ duration: Duration) { self.init(seconds: max(0, Int(wholeSeconds: duration.seconds))) }

    init(_ lifetime: JobLifetime) { self = lifetime.duration.map(RQSpan.init) ?? .unlimited }

    var lifetime: JobLifetime { duration.map(JobLifetime.init) ?? .forever }
}

extension RQCallback {
    fileprivate init(_ callback: JobCallback) {
        self.init(callback.task.rawValue, timeout: RQSpan(seconds: max(1, RQSpan(callback.timeout).seconds)))
    }

    var callback: JobCallback {
        JobCallback(TaskName(name), timeout: timeout?.duration ?? .seconds(60))
    }
}

extension RQWebhook {
    init(_ webhook: JobWebhook) {
        self.init(
            url: webhook.url, on: webhook.end == .finished ? .finished : .failed, method: webhook.method.rawValue,
            headers: webhook.headers.isEmpty ? nil : webhook.headers, timeout: RQSpan(webhook.timeout))
    }

    /// The webhook; `nil` if RQ would not accept it.
    var webhook: JobWebhook? {
        guard let end = JobWebhook.End(rawValue: status.rawValue), let method = JobWebhook.Method(rawValue: method)
        else { return nil }
        return JobWebhook(
            url, on: end, method: method, headers: headers ?? [:], timeout: timeout.duration ?? .seconds(10))
    }
}
