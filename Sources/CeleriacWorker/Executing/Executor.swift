#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCanvas
import CeleriacPool
import Logging

/// Runs one delivery to an outcome. Settles nothing itself: it asks the settler to acknowledge a message that must be
/// gone before it runs.
///
/// The checks are ordered by cost and harm: a call that must not run is found before anything is decoded; a message
/// that cannot be decoded is found before its task is looked up.
final class Executor: Sendable {
    let app: TaskApp
    let worker: String
    let deliveryLimit: Int
    let limits: LiveLimits
    let rates: RateGovernor
    let revoked: RevokedCalls
    /// `nil` if the broker carries no events.
    let events: EventDispatcher?
    let hooks: WorkerHooks
    let pool: any WorkerPool
    private let registry: Registry
    private let canvas: CanvasRunner
    private let settler: Settler
    /// Whether STARTED is recorded.
    private let isTracking: Bool

    init(
        app: TaskApp, worker: String, deliveryLimit: Int, limits: LiveLimits, rates: RateGovernor,
        revoked: RevokedCalls, events: EventDispatcher?, hooks: WorkerHooks, pool: any WorkerPool,
        canvas: CanvasRunner, settler: Settler
    ) {
        self.app = app
        self.worker = worker
        self.deliveryLimit = deliveryLimit
        self.limits = limits
        self.rates = rates
        self.revoked = revoked
        self.events = events
        self.hooks = hooks
        self.pool = pool
        registry = app.registry
        self.canvas = canvas
        self.settler = settler
        isTracking = app.interimStates.contains(.started)
    }

    /// Runs the task. The ``CallbackRunner`` runs its callbacks.
    func execute(_ attempt: Attempt) async -> Execution {
        app.told(await perform(attempt), of: attempt.delivery.envelope.task)
    }

    private func perform(_ attempt: Attempt) async -> Execution {
        let now = app.time.now
        let run: TaskRun
        switch prepare(attempt, now) {
        case .refused(let execution): return execution
        case .ready(let ready): run = ready
        }
        if let limit = limits.rate(of: run.task), let then = await startTime(of: run, limit, now) {
            return Execution(outcome: .postponed(until: then), task: run.task)
        }
        guard await begin(run, attempt, now) else { return run.execution(.interrupted) }
        return await pool.run(run)
    }

    // MARK: Before it starts

    private func refusal(of delivery: Delivery, now: Date) -> Outcome? {
        if delivery.isRevoked || revoked.contains(delivery.envelope) { return .revoked(.revoked) }
        if let expires = delivery.envelope.expires, expires <= now { return .revoked(.expired) }
        guard delivery.deliveryCount.minimum > deliveryLimit else { return nil }
        return .rejected(.workersLost(deliveries: deliveryLimit))
    }

    /// If the shared limiter cannot be reached, the call is postponed by one second.
    private func startTime(of run: TaskRun, _ limit: RateLimit, _ now: Date) async -> Date? {
        do {
            return try await rates.startTime(of: run.run.id, run.task, limit, run.arguments, now: now)
        } catch {
            app.logger.warning(
                "rate limit could not be read", metadata: ["error": "\(error)", "task": "\(run.task.name)"])
            return now.addingTimeInterval(1)
        }
    }

    private enum Prepared {
        case refused(Execution)
        case ready(TaskRun)
    }

    private struct Refused: Error { let failure: TaskFailure }

    private func prepare(_ attempt: Attempt, _ now: Date) -> Prepared {
        if let outcome = attempt.outcomeBeforeStart ?? refusal(of: attempt.delivery, now: now) {
            return .refused(Execution(outcome: outcome))
        }
        do {
            return .ready(try run(of: attempt, now))
        } catch let error as Refused {
            return refused(error.failure)
        } catch let error as CeleriacError where error.code == .invalidArguments {
            return refused(.unfit(error.wholeMessage))
        } catch let error as CeleriacError {
            return refused(Self.failure(error.refusedType, error.wholeMessage))
        } catch {
            return refused(Self.failure("DecodeError", "\(error)"))
        }
    }

    /// Decodes a call, and checks whether this worker can run it.
    private func run(of attempt: Attempt, _ now: Date) throws -> TaskRun {
        let delivery = attempt.delivery
        let call = try app.codec.decode(delivery.envelope)
        guard let task = registry[delivery.envelope.task] else {
            throw Refused(failure: .notRegistered(delivery.envelope.task, known: registry.count))
        }
        if let type = task.containerType, !app.containers.has(type) {
            throw Refused(failure: .missingContainer(String(reflecting: type)))
        }
        let embed = try canvas.embed(of: call)
        if embed?.holdsChord == true, app.backend.chords == nil {
            throw Refused(
                failure: Self.failure("UnsupportedMessage", app.backend.explanation(ofLacking: .chords)))
        }
        try task.parameters.map(call.arguments.check(against:))
        let context = TaskContext(
            app: app, envelope: delivery.envelope, queue: delivery.queue, worker: worker,
            deliveryCount: delivery.deliveryCount.minimum, startedAt: now)
        return TaskRun(
            attempt: attempt, task: task, arguments: call.arguments, context: context,
            times: limits.times(of: task, for: delivery.envelope), embed: embed)
    }

    private func refused(_ failure: TaskFailure) -> Prepared { .refused(Execution(outcome: .rejected(failure))) }

    private static func failure(_ type: String, _ message: String) -> TaskFailure {
        TaskFailure(type: type, module: "Celeriac", message: message)
    }

    // MARK: Running

    /// Does what comes before the task runs: acknowledges early, records STARTED, and tells those who listen.
    ///
    /// - Returns: whether the task may run.
    private func begin(_ run: TaskRun, _ attempt: Attempt, _ now: Date) async -> Bool {
        guard attempt.cancelReason == nil else { return false }
        do {
            if run.task.options.acks == .early { try await settler.acknowledge(attempt) }
            if recordsStart(of: run) { try await app.requireResults().record([run.context.change(to: .started)]) }
        } catch {
            app.logger.error(
                "start could not be recorded", metadata: ["error": "\(error)", "task_id": "\(run.run.id)"])
            // The broker still has the message and delivers it again, unless it was acknowledged: then it must run.
            guard attempt.isAcknowledged else { return false }
        }
        tellStart(attempt, now)
        if !hooks.isEmpty { await hooks.tell(.taskStarted(run.context)) }
        return true
    }

    private func tellStart(_ attempt: Attempt, _ now: Date) {
        attempt.start(at: now)
        guard let events, events.wantsTasks else { return }
        let envelope = attempt.delivery.envelope
        events.send([.received(envelope, CallText(of: envelope, app.codec)), .started(envelope.id)])
    }

    /// A store that knows where messages are shows STARTED by itself. For other stores, and for an acknowledged
    /// message, STARTED must be written.
    private func recordsStart(of run: TaskRun) -> Bool {
        let isLeft = app.derivesStates && run.task.options.acks == .early
        guard isLeft || isTracking else { return false }
        return app.keepsResults && !app.ignoresResult(of: run.context.envelope, run.task)
    }
}

extension CeleriacError {
    /// The type of the failure of a message that was refused.
    fileprivate var refusedType: String {
        switch code {
        case .tooLarge: "MessageTooLarge"
        case .unsupported: "ContentDisallowed"
        default: "DecodeError"
        }
    }
}

extension Attempt {
    /// The outcome of one that was cancelled while it waited; `nil` if it may start.
    fileprivate var outcomeBeforeStart: Outcome? {
        switch cancelReason {
        case .leaseLost: .leaseLost
        case .shutdown: .interrupted
        case .revoked: .revoked(.revoked)
        case .killed, .softTimeLimit, nil: nil
        }
    }
}
