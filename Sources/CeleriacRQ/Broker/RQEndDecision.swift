import CeleriacCore
import CeleriacRQWire
import CeleriacWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Decides what the end of one execution changes. It has no side effects, but it encodes the values that are written.
struct RQEndDecision {
    let held: RQHeld
    let change: StateChange?
    let now: Date
    let options: RQOptions
    /// Whether the execution ends because of RQ's command stop-job.
    let wasStopped: Bool
    /// Whether the task itself asked to run again, like a function that returns RQ's `Retry`.
    var isAskedRetry = false

    private var job: RQJob? { held.message?.job }
    var endedAt: Date { change?.at ?? now }

    func ending(for settlement: Settlement) throws -> RQEnding {
        switch settlement {
        case .release(let notBefore):
            var ending = RQEnding(.again)
            ending.place = RQPlace(notBefore: notBefore, atFront: true, now: now)
            ending.deliveries = .uncounted
            return ending
        case .retry(let envelope, let notBefore): return try retried(envelope, notBefore)
        case .deadLetter(let reason): return try retriedByRQ() ?? failed(reason: reason)
        case .ack:
            switch change?.state {
            case .success?: return try finished()
            case .failure?: return try retriedByRQ() ?? failed(reason: nil)
            case .revoked?: return try revoked()
            default: return deleted()
            }
        }
    }

    // MARK: The ends

    /// RQ 3.0.0, `job.py`, `_handle_success`.
    private func finished() throws -> RQEnding {
        let ttl = job?.resultTTL?.seconds ?? seconds(until: change?.expires)
        let repeats = job?.repeatsLeft ?? 0
        guard ttl != 0 || repeats > 0 else { return deleted() }
        var ending = counted(RQEnding(.end), isSuccess: true)
        (ending.registry, ending.ttl, ending.outcome) = (.finished, ttl, .finished)
        ending.fields = [.init("status", RQStatus.finished.rawValue), .init("ended_at", RQTime.text(endedAt))]
        var result = execution(.successful)
        result.returnValue = returnValue()
        ending.entry = try result.fields()
        if repeats > 0, let job { repeated(job, left: repeats - 1, &ending) }
        return ending
    }

    private func deleted() -> RQEnding {
        var ending = counted(RQEnding(.delete), isSuccess: true)
        ending.outcome = .finished
        return ending
    }

    /// RQ 3.0.0, `job.py`, `_handle_failure`. Without a reason it is not listed as failed: nobody needs to look at it.
    private func failed(reason: String?) throws -> RQEnding {
        var ending = counted(RQEnding(.end), isSuccess: false)
        let ttl = job?.failureTTL?.seconds
        ending.registry = reason == nil ? .none : .failed
        ending.ttl = ttl ?? (reason == nil ? seconds(until: change?.expires) : options.failureSeconds)
        ending.outcome = .failed
        ending.fields = [.init("status", RQStatus.failed.rawValue), .init("ended_at", RQTime.text(endedAt))]
        if let reason { ending.fields.append(.init("celeriac_reason", reason)) }
        var result = execution(isAskedRetry ? .maxRetriesExceeded : .failed)
        if isAskedRetry {
            (result.returnValue, ending.exceptionText) = (unserializable(), "")
        } else {
            result.exceptionText = change?.failure?.tracebackText ?? reason ?? ""
            ending.exceptionText = result.exceptionText
        }
        let own = change?.failure.map { [RQFields.Field("celeriac_failure", $0.json)] } ?? []
        ending.entry = RQFields(try result.fields().fields + own)
        return ending
    }

    /// RQ 3.0.0, `worker/base.py`, `handle_job_failure`: stopped jobs are listed with the failed ones, and are not
    /// retried.
    private func revoked() throws -> RQEnding {
        var ending = counted(RQEnding(.end), isSuccess: false)
        guard wasStopped else {
            (ending.registry, ending.ttl, ending.isSuccess) = (.canceled, seconds(until: change?.expires), nil)
            ending.fields = [.init("status", RQStatus.canceled.rawValue), .init("ended_at", RQTime.text(endedAt))]
            return ending
        }
        (ending.registry, ending.ttl) = (.failed, job?.failureTTL?.seconds ?? options.failureSeconds)
        ending.fields = [.init("status", RQStatus.stopped.rawValue), .init("ended_at", RQTime.text(endedAt))]
        var result = execution(.failed)
        result.exceptionText = "Job stopped by user, work-horse terminated."
        ending.entry = try result.fields()
        return ending
    }

    // MARK: Running again

    /// A retry that the task's policy or the task itself asked for. The latter does what RQ's worker does when a
    /// function returns `Retry`: RQ 3.0.0, `job.py`, `_handle_retry_result`.
    private func retried(_ envelope: Envelope, _ notBefore: Date?) throws -> RQEnding {
        var ending = RQEnding(.again)
        if isAskedRetry || change?.state == .retry { ending = counted(ending, isSuccess: false) }
        let isAtFront = isAskedRetry && job?.isEnqueuedAtFrontOnRetry == true
        ending.place = RQPlace(notBefore: notBefore, atFront: isAtFront, now: now)
        if isAskedRetry {
            var result = execution(.retried)
            result.returnValue = unserializable()
            ending.entry = try result.fields()
            ending.fields.append(.init("number_of_retries", String((job?.numberOfRetries ?? 0) + 1)))
        }
        let body = try RQBody(envelope, limits: options.limits)
        if envelope.body != held.message?.envelope.body || envelope.task != held.message?.envelope.task {
            let data = try RQCall.encode(
                envelope.task, body.arguments, as: held.serializer, limits: options.limits)
            ending.fields.append(.init("data", data))
            ending.fields.append(.init("description", RQDescription.text(of: envelope.task, body.arguments)))
        }
        ending.fields.append(.init(RQOwnPart.field, RQOwnPart(envelope, embed: body.embed).json))
        ending.fields.append(.init("celeriac_retries", String(envelope.retries)))
        if let change, change.state == .retry { ending.fields.append(Self.record(change)) }
        return ending
    }

    /// A retry that the job itself was enqueued with: RQ 3.0.0, `job.py`, `retry` and `get_retry_interval`.
    private func retriedByRQ() throws -> RQEnding? {
        // These retries are for errors; retries that the task asked for are counted separately.
        let retries = held.message?.envelope.retries ?? 0
        guard !isAskedRetry, let job, let left = job.retriesLeft, left > 0, retries < options.mostRetries else {
            return nil
        }
        var ending = counted(RQEnding(.again), isSuccess: false)
        let intervals = job.retryIntervals ?? []
        let interval = intervals.isEmpty ? .zero : intervals[min(max(intervals.count - left, 0), intervals.count - 1)]
        let pause = JobRetry.lengthened(interval, afterRetries: retries)
        ending.place = place(after: pause, atFront: job.isEnqueuedAtFrontOnRetry)
        ending.fields = [
            .init("retries_left", String(left - 1)), .init("ended_at", RQTime.text(endedAt)),
            .init("celeriac_retries", String(retries + 1)),
        ]
        if var change {
            change.state = .retry
            ending.fields.append(Self.record(change))
        }
        return ending
    }

    /// RQ 3.0.0, `repeat.py`.
    private func repeated(_ job: RQJob, left: Int, _ ending: inout RQEnding) {
        var intervals = job.repeatIntervals ?? []
        ending.place = place(after: intervals.first ?? .zero, atFront: false)
        if intervals.count > 1 { intervals.removeFirst() }
        let text = "[" + intervals.map { String($0.components.seconds) }.joined(separator: ", ") + "]"
        ending.fields += [.init("repeats_left", String(left)), .init("repeat_intervals", text)]
        if let value = returnValue() { ending.fields.append(.init("result", value)) }
    }

    // MARK: Detail

    /// RQ drops fractions of seconds.
    private func place(after interval: Duration, atFront: Bool) -> RQPlace {
        guard interval > .zero else { return atFront ? .front : .back }
        return .due(Date(timeIntervalSince1970: now.adding(interval).timeIntervalSince1970.rounded(.down)))
    }

    private func counted(_ ending: RQEnding, isSuccess: Bool) -> RQEnding {
        var ending = ending
        ending.isSuccess = isSuccess
        ending.spent = .bounded(seconds: max(0, endedAt.timeIntervalSince(change?.startedAt ?? held.startedAt)))
        return ending
    }

    private func execution(_ kind: RQResult.Kind) -> RQResult {
        var result = RQResult(kind, workerName: held.worker)
        result.executionID = held.execution
        result.executionStartedAt = held.startedAt
        result.executionEndedAt = endedAt
        return result
    }

    /// Returns the value in the job's serializer; `nil` for None. A value that it cannot write becomes RQ's
    /// placeholder.
    private func returnValue() -> [UInt8]? {
        guard let result = change?.result, result != Array("null".utf8) else { return nil }
        return (try? held.serializer.serialized(result, limits: options.limits)) ?? unserializable()
    }

    /// RQ's placeholder for a value that cannot be written.
    private func unserializable() -> [UInt8]? {
        try? held.serializer.serialized(JSONValue.string(RQResult.unserializable).bytes)
    }

    private func seconds(until expires: Date?) -> Int {
        expires.map { max(1, Int(wholeSeconds: $0.timeIntervalSince(now))) } ?? -1
    }

    private static func record(_ change: StateChange) -> RQFields.Field {
        .init("celeriac_record", ResultDocument.encode(change, isExtended: true))
    }
}

extension RQOptions {
    var failureSeconds: Int { max(1, Int(failureTTL.components.seconds)) }
}

extension TaskFailure {
    /// The traceback, ended as Python ends one: with the type and the message.
    var tracebackText: String {
        guard let traceback, !traceback.isEmpty else { return lastLine }
        let ends = traceback.trimmingSuffix(while: \.isNewline)
        let isWhole = ends.hasSuffix(lastLine.trimmingSuffix(while: \.isNewline))
        return isWhole || ends.hasSuffix("\(type): \(message)") ? traceback : ends + "\n" + lastLine + "\n"
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, predicate(last) { text.removeLast() }
        return String(text)
    }
}
