#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Makes messages from calls.
extension Publisher {
    /// Makes the message of a call. The app's settings apply to options that neither the call nor its task sets.
    ///
    /// - Parameter replyQueue: where results go that are wanted, and for which the caller names no other place.
    /// - Throws: `CeleriacError` as for `TaskApp.send(_:)`.
    func outgoing(_ call: UnsentCall, repliesTo replyQueue: String? = nil) throws -> OutgoingCall {
        let options = call.options
        var message = try message(of: call, replyQueue)
        message.serializer = options.serializer ?? usualSerializer
        message.replyTo = options.replyTo ?? (wantsResult(options) ? replyQueue : nil)
        message.isPersistent = options.persistent
        message.route = router.route(for: call.routedTask, asked: options.route, queue: options.queue)
        return OutgoingCall(
            message: message, routedTask: call.routedTask, queue: options.queue, unique: call.terms.unique,
            atFront: options.atFront, job: options.job.map(OnHeap.init))
    }

    private func message(of call: UnsentCall, _ replyQueue: String?) throws -> Message {
        if let failure = call.arguments.failure { throw failure }
        try checkThatBrokerIsReached()
        try checkName(call.task.rawValue, is: "task name")
        try call.options.id.map { try checkName($0.rawValue, is: "task id") }
        let parent = CurrentSender.value?.headers
        var headers = try headers(of: call, sentBy: parent)
        if let job = call.options.job { try apply(job, to: &headers) }
        var message = Message(headers: headers, arguments: call.arguments, priority: call.options.priority)
        try carry(call.carried()?.answered(at: replyQueue), in: &message, sentBy: parent)
        return message
    }

    private func headers(of call: UnsentCall, sentBy parent: MessageHeaders?) throws -> MessageHeaders {
        let options = call.options
        var headers = MessageHeaders(id: options.id ?? .random(), task: call.task)
        headers.parentID = parent?.id
        headers.rootID = parent?.rootID ?? parent?.id ?? headers.id
        headers.origin = Self.origin
        headers.eta = try eta(of: options)
        headers.expires = options.expires ?? call.terms.expiresAfter.map { time.now.adding($0) }
        headers.timeLimit = options.timeLimit
        headers.softTimeLimit = options.softTimeLimit
        headers.ignoreResult = options.ignoreResult
        headers.shadow = options.shadow
        headers.retries = Int(count: options.retries)
        headers.compression = options.compression?.rawValue
        headers.extra = options.headers
        return headers
    }

    private func eta(of options: CallOptions) throws -> Date? {
        guard let eta = options.eta ?? options.countdown.map({ time.now.adding($0) }) else { return nil }
        try checkThat(eta, isBy: time.now.adding(self.options.limits.longestDelay))
        return eta
    }

    func checkThat(_ eta: Date?, isBy latest: Date) throws {
        guard let eta, eta > latest else { return }
        throw CeleriacError(
            .invalidArguments, "the eta is more than \(Int(options.limits.longestDelay.seconds / 86_400)) days ahead")
    }

    /// A task in a child process has its own copy of the memory broker. A call that it sent there would be lost with
    /// the child.
    func checkThatBrokerIsReached() throws {
        guard !isReachable else { return }
        throw CeleriacError(
            .unsupported,
            "a task in a child process cannot send calls: the memory broker only exists in the worker's process. "
                + "Use sqlite:// or another broker, or a worker with pool: .inProcess()"
        )
    }
}

/// - Throws: ``CeleriacError`` with code `invalidName` for a name that is empty, longer than 255 bytes, or holds control
///   characters.
func checkName(_ name: String, is kind: String) throws {
    let utf8 = name.utf8
    let isPlain: (UnsafeBufferPointer<UInt8>) -> Bool = { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    let isFit =
        (1...255).contains(utf8.count)
        && (utf8.withContiguousStorageIfAvailable(isPlain) ?? utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    guard isFit else {
        throw CeleriacError(
            .invalidName,
            "a \(kind) must have 1 to 255 bytes and no control characters; this one has \(utf8.count) bytes"
        )
    }
}

extension Uniqueness {
    /// The largest number of argument bytes that may serve as a key.
    private static let longestKey = 4096

    func claim(for message: Message) throws -> UniqueClaim {
        if let key { return UniqueClaim(key: key, span: span) }
        let arguments = message.arguments
        guard arguments.args.count + arguments.kwargs.count <= Self.longestKey else {
            throw CeleriacError(
                .tooLarge,
                "a call of \"\(message.task)\" cannot be unique by its arguments if they have more than "
                    + "\(Self.longestKey) bytes: give it a key, .key(\"…\")"
            )
        }
        let text = String(decoding: arguments.args + arguments.kwargs, as: UTF8.self)
        return UniqueClaim(key: "\(message.task)\(text)", span: span)
    }
}
