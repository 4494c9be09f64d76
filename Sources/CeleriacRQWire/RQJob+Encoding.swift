import CeleriacCore
import CeleriacWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension RQJob {
    /// Returns the hash, byte for byte as RQ writes it and in RQ's order.
    ///
    /// - Parameter includesMeta: whether to write `meta`. A worker leaves it out when it saves a job, because the
    ///   function may have changed it.
    /// - Throws: ``CeleriacError`` with code `unsupported` if zlib fails.
    package func fields(includesMeta: Bool = true) throws -> RQFields {
        var fields = RQFields()
        fields.put(ifAny: "created_at", createdAt.map(RQTime.text))
        fields.put("data", try Zlib.packed(data))
        putHead(&fields)
        putRepetition(&fields)
        fields.put(ifAny: "result", result)
        fields.put(ifAny: "exc_info", try exceptionText.map { try Zlib.packed(Array($0.utf8)) })
        fields.put(ifAny: "timeout", timeout?.seconds)
        fields.put(ifAny: "success_callback_timeout", successCallback?.timeout?.seconds)
        fields.put(ifAny: "failure_callback_timeout", failureCallback?.timeout?.seconds)
        fields.put(ifAny: "stopped_callback_timeout", stoppedCallback?.timeout?.seconds)
        if !webhooks.isEmpty { fields.put("webhooks", RQWebhook.text(of: webhooks)) }
        fields.put(ifAny: "result_ttl", resultTTL?.seconds)
        fields.put(ifAny: "failure_ttl", failureTTL?.seconds)
        fields.put("status", status.rawValue)
        putTail(&fields, includesMeta: includesMeta)
        return fields
    }

    private func putHead(_ fields: inout RQFields) {
        fields.put("success_callback_name", successCallback?.name ?? "")
        fields.put("failure_callback_name", failureCallback?.name ?? "")
        fields.put("stopped_callback_name", stoppedCallback?.name ?? "")
        fields.put("started_at", startedAt.map(RQTime.text) ?? "")
        fields.put("ended_at", endedAt.map(RQTime.text) ?? "")
        fields.put("last_heartbeat", lastHeartbeat.map(RQTime.text) ?? "")
        fields.put("worker_name", workerName ?? "")
        fields.put("group_id", groupID ?? "")
    }

    private func putRepetition(_ fields: inout RQFields) {
        fields.put(ifAny: "number_of_retries", numberOfRetries)
        fields.put(ifAny: "retries_left", retriesLeft)
        fields.put(ifAny: "retry_intervals", retryIntervals.map(Self.text))
        if isEnqueuedAtFrontOnRetry { fields.put("enqueue_at_front_on_retry", 1) }
        fields.put(ifAny: "origin", origin)
        fields.put(ifAny: "description", description)
        fields.put(ifAny: "enqueued_at", enqueuedAt.map(RQTime.text))
        fields.put(ifAny: "repeats_left", repeatsLeft)
        fields.put(ifAny: "repeat_intervals", repeatIntervals.map(Self.text))
        fields.put(ifAny: "rate_limit_key", rateLimitKey)
        fields.put(ifAny: "rate_limit_concurrency", rateLimitConcurrency)
    }

    private func putTail(_ fields: inout RQFields, includesMeta: Bool) {
        if let first = dependencyIDs.first {
            fields.put("dependency_id", first.rawValue)
            fields.put(
                "dependency_ids", PythonJSON.text(of: JSONValue.array(dependencyIDs.map { .string($0.rawValue) }).bytes)
            )
        }
        if includesMeta { fields.put(ifAny: "meta", meta) }
        fields.put(ifAny: "ttl", ttl?.seconds)
        fields.put(ifAny: "allow_dependency_failures", allowsDependencyFailures.map { $0 ? 1 : 0 })
        fields.put(ifAny: "enqueue_at_front", isEnqueuedAtFront.map { $0 ? 1 : 0 })
    }

    private static func text(of durations: [Duration]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for duration in durations { writer.seconds(duration) }
        writer.endArray()
        return PythonJSON.text(of: writer.bytes)
    }
}
