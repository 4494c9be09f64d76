#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Logging
import Synchronization

extension TaskApp {
    /// Sends one call.
    ///
    /// - Returns: when the broker has it. Where the call's unique key is held, the handle of the call that holds it.
    /// - Throws: `CeleriacError` with code `invalidArguments`, `tooLarge`, `unknownQueue`, `duplicateJob`
    ///   (`JobOptions.isUnique`) or `unsupported` (a broker that cannot do what its options ask for);
    ///   `BrokerError`.
    @discardableResult
    public func send<Output>(_ signature: Signature<Output>) async throws -> AsyncResult<Output> {
        let call = signature.call
        let message = try message(for: call)
        let report = try await publish([message], of: [call])
        try refuseDuplicates(report, [message], of: [call])
        return AsyncResult(id: report.duplicates[message.id] ?? message.id, app: self, decode: signature.decode)
    }

    /// Sends many calls in one go: all of them or none.
    ///
    /// - Returns: their handles, in the same order.
    @discardableResult
    public func send<Output>(_ signatures: [Signature<Output>]) async throws -> [AsyncResult<Output>] {
        let calls = signatures.map(\.call)
        let messages = try calls.map(message(for:))
        let report = try await publish(messages, of: calls)
        try refuseDuplicates(report, messages, of: calls)
        return zip(messages, signatures).map { message, signature in
            AsyncResult(id: report.duplicates[message.id] ?? message.id, app: self, decode: signature.decode)
        }
    }

    /// Sends a call of a task whose code is elsewhere, by name.
    ///
    /// ```swift
    /// let sum = try await app.send("tasks.add", args: [2, 2])
    /// try await sum.get()                                         // JSONValue
    /// ```
    @discardableResult
    public func send(
        _ task: TaskName, args: [JSONValue] = [], kwargs: JSONObject = [:],
        options: CallOptions = CallOptions()
    ) async throws -> AsyncResult<JSONValue> {
        try await send(Signature(task, EncodedArguments(args: args, kwargs: kwargs), options: options))
    }

    /// Makes a call ready without sending it, for a transaction of your own. See ``PreparedCall``.
    public func prepare<Output>(_ signature: Signature<Output>) async throws -> PreparedCall<Output> {
        let prepared = Guarded<Publication?>(nil)
        let call = signature.call
        let message = try message(for: call)
        _ = try await wrapped([message]) { messages in
            let publication = try messages.first.map { try self.publication(of: $0, for: call) }
            prepared.withLock { $0 = publication }
            return PublishReport()
        }
        guard let publication = prepared.withLock({ $0 }) else {
            throw CeleriacError(
                .unsupported, "a middleware kept the call of \"\(signature.task)\" from being published")
        }
        return PreparedCall(
            publication: publication, result: AsyncResult(id: message.id, app: self, decode: signature.decode)
        )
    }

    // MARK: From signature to message

    /// What a task in a child process sends into a memory of its own would be lost with it.
    func checkThatBrokerIsReached() throws {
        guard isCutOff else { return }
        throw CeleriacError(
            .unsupported,
            "a task in a child process cannot send calls: the memory broker lives in the worker's process alone. "
                + "Use sqlite:// or another broker, or a worker with pool: .inProcess()"
        )
    }

    func message(for call: UnsentCall) throws -> Message {
        if let failure = call.arguments.failure { throw failure }
        try checkThatBrokerIsReached()
        let options = call.options
        try checkName(call.task.rawValue, is: "task name")
        try options.id.map { try checkName($0.rawValue, is: "task id") }
        var headers = MessageHeaders(id: options.id ?? .random(), task: call.task)
        let parent = TaskContext.current?.headers
        headers.parentID = parent?.id
        headers.rootID = parent?.rootID ?? parent?.id ?? headers.id
        headers.origin = Self.origin
        headers.eta = try eta(of: options)
        headers.expires = options.expires ?? call.taskOptions.expires.map { time.now.adding($0) }
        headers.timeLimit = options.timeLimit ?? call.taskOptions.timeLimit
        headers.softTimeLimit = options.softTimeLimit ?? call.taskOptions.softTimeLimit
        headers.ignoreResult = options.ignoreResult ?? (call.taskOptions.ignoreResult ? true : nil)
        headers.shadow = options.shadow
        headers.retries = Int(count: options.retries)
        headers.compression = options.compression?.rawValue
        headers.extra = options.headers
        if let job = options.job { try heed(job, in: &headers) }
        var message = Message(
            headers: headers, arguments: call.arguments,
            priority: options.priority ?? call.taskOptions.priority
        )
        try carry(call.carried(canvasPriorities), in: &message, sentBy: parent)
        message.serializer = options.serializer ?? usualSerializer
        message.replyTo = options.replyTo
        message.route = router.route(
            for: call.routedTask, asked: options.route ?? (options.queue == nil ? call.taskOptions.route : nil),
            queue: options.queue ?? call.taskOptions.queue
        )
        return message
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

    // MARK: From message to publication

    func publication(of message: Message, for call: UnsentCall) throws -> Publication {
        let options = call.options
        let routed = call.mapping?.task ?? message.task
        let queue = try router.queue(for: routed, asked: options.queue ?? call.taskOptions.queue)
        if message.route != nil { _ = try backend.require(.exchanges) }
        return Publication(
            try codec.encode(message), to: queue, notBefore: message.headers.eta,
            unique: try (options.unique ?? call.taskOptions.unique)?.claim(for: message),
            atFront: options.atFront, job: backend.jobs == nil ? nil : options.job
        )
    }

    // MARK: From publication to broker

    private func publish(_ messages: [Message], of calls: [UnsentCall]) async throws -> PublishReport {
        guard !options.middleware.isEmpty else {
            return try await deliver(zip(messages, calls).map { try publication(of: $0, for: $1) })
        }
        // A middleware may leave some out, or turn them round.
        let byID = Dictionary(zip(messages.map(\.id), calls)) { first, _ in first }
        let only = calls.count == 1 ? calls.first : nil
        return try await wrapped(messages) { left in
            try await self.deliver(
                left.compactMap { message in
                    try (only ?? byID[message.id]).map { try self.publication(of: message, for: $0) }
                })
        }
    }

    private func deliver(_ publications: [Publication]) async throws -> PublishReport {
        let report = try await hand(publications)
        if let parent = TaskContext.current, parent.app === self {
            parent.add(publications.lazy.map(\.envelope.id).filter { report.duplicates[$0] == nil })
        }
        return report
    }

    /// Publishes, then records PENDING and emits the sent events.
    @discardableResult
    func hand(_ publications: [Publication]) async throws -> PublishReport {
        try await SendClock.counting(if: sendsInSteps) {
            try await declareTopology()
            let report = try await broker.publish(publications)
            await followUp(publications, report)
            return report
        }
    }

    /// Whether more than the publish itself belongs to a send.
    private var sendsInSteps: Bool {
        options.sendsSentEvents || !isTopologyDeclared || (results != nil && interimStates.contains(.pending))
    }

    /// Does what is to be done once calls were published.
    ///
    /// Never throws: the calls are sent. A caller that got an error would send them again.
    func followUp(_ publications: [Publication], _ report: PublishReport) async {
        await afterPublishing("PENDING of calls that were sent could not be recorded", count: publications.count) {
            try await recordPending(publications, besides: report.duplicates)
        }
        await tell(publications, besides: report.duplicates)
    }

    /// Does something about calls that are sent already: a failure is logged, and takes no handle from the caller.
    func afterPublishing(
        _ failure: Logger.Message, count: Int, _ body: () async throws -> Void
    ) async {
        do { try await body() } catch {
            logger.warning(failure, metadata: ["error": "\(error)", "count": "\(count)"])
        }
    }

    func wrapped(
        _ messages: [Message], _ last: @escaping @Sendable ([Message]) async throws -> PublishReport
    ) async throws -> PublishReport {
        try await PublishNext(rest: options.middleware[...], last: last)(messages)
    }

    /// Where the broker does not know states itself, a call that waits leaves a line, so that it can be told from one
    /// that never was.
    private func recordPending(_ publications: [Publication], besides duplicates: [TaskID: TaskID]) async throws {
        guard let results, interimStates.contains(.pending) else { return }
        let now = time.now
        let changes = publications.filter { duplicates[$0.envelope.id] == nil }.map { publication in
            var change = StateChange(
                id: publication.envelope.id, state: .pending, at: now,
                expires: self.resultExpiry.map { (publication.notBefore ?? now).adding($0) }
            )
            change.task = publication.envelope.task
            change.queue = publication.queue
            return change
        }
        try await results.record(changes)
    }

    /// Tells of calls that were sent, where that is wanted.
    func tell(_ publications: [Publication], besides duplicates: [TaskID: TaskID] = [:]) async {
        guard options.sendsSentEvents, let channel = backend.events else { return }
        let now = time.now
        let events = publications.filter { duplicates[$0.envelope.id] == nil }.map { publication in
            MonitorEvent(
                .taskSent, from: Self.origin, pid: Int(ThisProcess.pid), clock: clock.forward(), at: now,
                fields: TaskNotice.sent(publication, CallText(of: publication.envelope, codec)).fields
            )
        }
        await afterPublishing("events could not be sent", count: events.count) { try await channel.emit(events) }
    }

    static let origin = "gen\(ThisProcess.pid)@\(ThisProcess.host)"
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
            .invalidName, "a \(kind) has 1 to 255 bytes and no control characters; this one has \(utf8.count)"
        )
    }
}

extension Uniqueness {
    /// The most bytes of arguments that may serve as a key.
    private static let longestKey = 4096

    func claim(for message: Message) throws -> UniqueClaim {
        if let key { return UniqueClaim(key: key, span: span) }
        let arguments = message.arguments
        guard arguments.args.count + arguments.kwargs.count <= Self.longestKey else {
            throw CeleriacError(
                .tooLarge,
                "a call of \"\(message.task)\" cannot be unique by arguments of more than \(Self.longestKey) bytes: "
                    + "give it a key, .key(\"…\")"
            )
        }
        let text = String(decoding: arguments.args + arguments.kwargs, as: UTF8.self)
        return UniqueClaim(key: "\(message.task)\(text)", span: span)
    }
}
