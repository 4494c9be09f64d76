#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// Makes one message. Source: `celery/app/amqp.py`, `as_task_v2`; `celery/app/base.py`, `send_task`.
extension CanvasExpansion {
    mutating func publishCall(
        _ signature: CanvasSignature, _ partial: EncodedArguments, given: CanvasOptions
    ) throws -> CanvasResult? {
        let options = signature.options.merging(given)
        let id = options.id ?? ids.next()
        let (task, arguments) = try call(of: signature, partial)
        var message = Message(
            headers: try options.headers(id, task, in: surroundings), arguments: arguments,
            priority: options.priority)
        message.replyTo = options.replyTo ?? (options.ignoreResult == true ? nil : surroundings.replyTo)
        message.route = options.route
        message.isPersistent = options.isPersistent ?? true
        let embed = CanvasEmbed(
            callbacks: options.links.isEmpty ? nil : options.links,
            errbacks: options.errbacks.isEmpty ? nil : options.errbacks, chain: options.chain, chord: options.chord)
        let queue = try options[text: "queue"].map { try QueueName($0) }
        var map: CanvasSignature?
        if case .map = signature.work { map = signature }
        plan.calls.append(
            CanvasCall(message, embed: embed, queue: queue, map: map, serializerName: options[text: "serializer"]))
        return CanvasResult(id)
    }

    private func call(
        of signature: CanvasSignature, _ partial: EncodedArguments
    ) throws -> (TaskName, EncodedArguments) {
        switch signature.work {
        case .call(let task, let arguments):
            if let failure = arguments.failure { throw failure }
            return (task, signature.isImmutable ? arguments : try arguments.applying(partial))
        case .map(_, _, let isStarred): return (isStarred ? "celery.starmap" : "celery.map", .none)
        case .chain, .group, .chord, .chunks:
            throw CeleriacError(.invalidArguments, "a chain, group or chord cannot be sent as a single call")
        }
    }
}

extension CanvasOptions {
    fileprivate func headers(
        _ id: TaskID, _ task: TaskName, in surroundings: CanvasSurroundings
    ) throws -> MessageHeaders {
        var headers = MessageHeaders(id: id, task: task)
        headers.rootID = rootID ?? surroundings.rootID ?? id
        headers.parentID = parentID ?? surroundings.parentID
        headers.group = groupID
        headers.groupIndex = groupIndex
        headers.retries = Int(count: values["retries"]?.intValue ?? 0)
        headers.eta = try eta(now: surroundings.now)
        headers.expires = try expires(now: surroundings.now)
        headers.timeLimit = timeLimit
        headers.softTimeLimit = softTimeLimit
        headers.shadow = self[text: "shadow"]
        headers.ignoreResult = ignoreResult
        headers.compression = self[text: "compression"]
        headers.extra = extraHeaders(in: surroundings)
        return headers
    }

    /// The caller's own headers, the stamps, and the caller's replacements for the displayed arguments.
    private func extraHeaders(in surroundings: CanvasSurroundings) -> JSONObject {
        var extra = values["headers"]?.objectValue ?? [:]
        for name in ["argsrepr", "kwargsrepr"] { if let text = self[text: name] { extra[name] = .string(text) } }
        if let nesting = replacedTaskNesting, nesting != 0 { extra["replaced_task_nesting"] = .integer(Int64(nesting)) }
        writeStamps(into: &extra, inheriting: surroundings.stamps)
        return extra
    }

    private func eta(now: Date) throws -> Date? {
        if let countdown = try given("countdown", countdown), countdown != .zero {
            return now.addingTimeInterval(countdown.seconds)
        }
        return try given("eta", eta)
    }

    private func expires(now: Date) throws -> Date? {
        if let span = expiresAfter { return now.addingTimeInterval(span.seconds) }
        return try given("expires", expires)
    }

    /// - Throws: if there is a value of the wrong type. Failing is better than sending the call at another time.
    private func given<Value>(_ name: String, _ value: Value?) throws -> Value? {
        guard value == nil, let wrong = values[name], !wrong.isNull else { return value }
        throw CeleriacError(.invalidArguments, "the option \(name) of a signature is not a valid date or time")
    }
}
