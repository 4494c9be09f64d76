package import CeleriacWire
import Logging
import Synchronization

/// Turns calls into messages and publishes them, for one app.
///
/// ```
/// UnsentCall --outgoing--> OutgoingCall --plan--> Publication --publish--> broker      where the app publishes
/// CanvasCall --'                            '----------------> a store, with the end of a call or a tick of the schedule
/// ```
///
/// Middleware sees each call once, in `plan(_:)`. The code that publishes must pass the report to ``followUp(_:_:)`` or
/// ``announce(_:_:)``.
package final class Publisher: Sendable {
    let backend: Backend
    let options: AppOptions
    /// The app's middleware, for sending.
    let middleware: [any SendMiddleware]
    let router: CallRouter
    let codec: any MessageCodec
    package let canvasCodec: CanvasCodec
    /// ``AppOptions/taskSerializer``; `nil` for JSON.
    package let usualSerializer: Serializer?
    /// How long results are kept, in seconds; `nil` keeps them forever. Computed once, because the end of every task
    /// needs it.
    let resultLifetime: Double?
    /// The non-terminal states that must be written, because the result backend cannot derive them.
    let interimStates: Set<TaskState>
    /// Whether calls that are sent here can reach a worker, in this process or another.
    let isReachable: Bool
    let tasks: TaskCatalogue
    let clock: LogicalClock
    let time: any TimeSource
    let logger: Logger
    private let hasDeclared: Atomic<Bool>

    init(
        _ backend: Backend, options: AppOptions, router: CallRouter, codec: any MessageCodec, resultLifetime: Double?,
        interimStates: Set<TaskState>, isReachable: Bool, tasks: TaskCatalogue, clock: LogicalClock,
        time: any TimeSource, logger: Logger
    ) {
        self.backend = backend
        self.options = options
        middleware = options.middleware
        self.router = router
        self.codec = codec
        canvasCodec = CanvasCodec(json: options.limits.json, priorities: backend.broker.signaturePriorities)
        usualSerializer = options.taskSerializer.isJSON ? nil : options.taskSerializer
        self.resultLifetime = resultLifetime
        self.interimStates = interimStates
        self.isReachable = isReachable
        self.tasks = tasks
        self.clock = clock
        self.time = time
        self.logger = logger
        hasDeclared = Atomic(options.topology.exchanges.isEmpty)
    }

    var broker: any Broker { backend.broker }
    var results: (any ResultBackend)? { backend.results }

    /// The name under which this process sends.
    static let origin = "gen\(ThisProcess.pid)@\(ThisProcess.host)"

    // MARK: Sending

    /// Sends one call.
    ///
    /// - Returns: the id of the call, or of the call that holds its unique key.
    func send(_ call: UnsentCall) async throws -> TaskID {
        let outgoing = [try self.outgoing(call, repliesTo: try await replyQueue(for: call))]
        let report = try await deliver(outgoing)
        let id = outgoing[0].message.id
        return report.duplicates[id] ?? id
    }

    /// Sends calls in one go: all of them or none, unless the broker takes calls one by one (``BrokerTraits/batch``).
    ///
    /// - Returns: the id of each call, or of the call that holds its unique key, in the same order.
    func send(_ calls: [UnsentCall]) async throws -> [TaskID] {
        let replyQueue = try await replyQueue(for: calls)
        let outgoing = try calls.map { try self.outgoing($0, repliesTo: replyQueue) }
        let report = try await deliver(outgoing)
        return outgoing.map { report.duplicates[$0.message.id] ?? $0.message.id }
    }

    /// Prepares a call that other code will publish.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if a middleware leaves the call out.
    func prepare(_ call: UnsentCall) async throws -> (id: TaskID, publication: Publication) {
        let outgoing = try self.outgoing(call, repliesTo: try await replyQueue(for: call))
        guard let publication = try await plan([outgoing]).first else {
            throw CeleriacError(
                .unsupported, "a middleware prevented the call of \"\(call.task)\" from being published")
        }
        await hear([publication], PublishReport())
        return (outgoing.message.id, publication)
    }

    private func deliver(_ calls: [OutgoingCall]) async throws -> PublishReport {
        let report =
            middleware.isEmpty
            ? try await planAndPublish(calls) : try await wrapped(calls) { try await self.planAndPublish(calls) }
        try refuseDuplicates(report, calls)
        return report
    }

    private func planAndPublish(_ calls: [OutgoingCall]) async throws -> PublishReport {
        let publications = try await plan(calls)
        let report = try await publish(publications)
        note(publications.lazy.map(\.envelope.id).filter { report.duplicates[$0] == nil }.map { ResultNode($0) })
        return report
    }

    /// Records the sent calls as children of the task that sent them, if a task of this app did.
    func note(_ children: @autoclosure () -> [ResultNode]) {
        guard let sender = CurrentSender.value, sender.app.publisher === self else { return }
        sender.note(children: children())
    }

    // MARK: Planning

    /// Turns calls into publications: runs every middleware, chooses the queues and encodes the messages. Publishes
    /// nothing.
    func plan(_ calls: [OutgoingCall]) async throws -> [Publication] {
        guard !middleware.isEmpty, !calls.isEmpty else { return try calls.map(publication(of:)) }
        var messages = calls.map(\.message)
        for middleware in middleware where !messages.isEmpty { messages = try await middleware.plan(messages) }
        // A middleware may leave messages out or reorder them.
        let byID = Dictionary(calls.map { ($0.message.id, $0) }) { first, _ in first }
        let only = calls.count == 1 ? calls.first : nil
        return try messages.compactMap { message in
            guard var call = only ?? byID[message.id] else { return nil }
            call.message = message
            return try publication(of: call)
        }
    }

    private func publication(of call: OutgoingCall) throws -> Publication {
        let message = call.message
        let queue = try router.queue(for: call.routedTask, asked: call.queue)
        if message.route != nil { _ = try backend.require(.exchanges) }
        try refuseUnkept(unique: call.unique, atFront: call.atFront)
        return Publication(
            try codec.encode(message), to: queue, notBefore: message.headers.eta,
            unique: try call.unique?.claim(for: message), atFront: call.atFront,
            job: call.job.flatMap { backend.jobs == nil ? nil : $0.value })
    }

    /// Runs `send` inside the `send` methods of all middleware.
    func wrapped<Value: Sendable>(
        _ calls: [OutgoingCall], _ send: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard !calls.isEmpty else { return try await send() }
        return try await SendNext(messages: calls.map(\.message), rest: middleware[...], last: send)()
    }

    // MARK: Publishing

    /// Publishes, then records PENDING and emits the sent events.
    @discardableResult
    package func publish(_ publications: [Publication]) async throws -> PublishReport {
        try await SendClock.counting(if: sendsInSteps) {
            try await declareTopology()
            let report = try await broker.publish(publications)
            guard report.untaken.isEmpty else { throw await partlySent(publications, report) }
            await followUp(publications, report)
            return report
        }
    }

    /// Does the follow-up work for the calls that the broker took.
    ///
    /// - Returns: the error that names the calls that were not taken.
    private func partlySent(_ publications: [Publication], _ report: PublishReport) async -> BrokerError {
        await followUp(publications.filter { report.untaken[$0.envelope.id] == nil }, report)
        let reasons = report.untaken.map { "\($0.key): \($0.value)" }.sorted()
        return BrokerError(
            .refused,
            "\(reasons.count) of \(publications.count) calls were not accepted; the others were sent: "
                + reasons.prefix(10).joined(separator: "; "))
    }

    /// Whether a send consists of more steps than the publish itself.
    private var sendsInSteps: Bool {
        options.sendsSentEvents || !isTopologyDeclared || (results != nil && interimStates.contains(.pending))
    }

    private var isTopologyDeclared: Bool { hasDeclared.load(ordering: .acquiring) }

    /// Declares the app's exchanges, once, before the app first sends or serves.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker has no exchanges; `BrokerError`, after which the
    ///   next use tries again.
    package func declareTopology() async throws {
        guard !isTopologyDeclared else { return }
        try await backend.require(.exchanges).declare(options.topology)
        hasDeclared.store(true, ordering: .releasing)
    }
}
