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
        var execution = await begin(attempt)
        execution.outcome = app.told(execution.outcome, of: attempt.delivery.envelope.task)
        return execution
    }

    private func begin(_ attempt: Attempt) async -> Execution {
        let delivery = attempt.delivery
        let now = app.time.now
        if let outcome = attempt.outcomeBeforeStart ?? refusal(of: delivery, now: now) {
            return Execution(outcome: outcome)
        }
        switch prepare(delivery) {
        case .failure(let refused):
            return Execution(outcome: .rejected(refused.failure))
        case .success(let (task, arguments, embed)):
            if let limit = limits.rate(of: task), let then = await startTime(delivery, task, limit, arguments, now) {
                return Execution(outcome: .postponed(until: then), task: task)
            }
            var execution = await start(attempt, task, arguments, now)
            execution.embed = embed
            return execution
        }
    }

    // MARK: Before it starts

    private func refusal(of delivery: Delivery, now: Date) -> Outcome? {
        if delivery.isRevoked || revoked.contains(delivery.envelope) { return .revoked(.revoked) }
        if let expires = delivery.envelope.expires, expires <= now { return .revoked(.expired) }
        guard delivery.deliveryCount.minimum > deliveryLimit else { return nil }
        return .rejected(.workersLost(deliveries: deliveryLimit))
    }

    /// If the shared limiter cannot be reached, the call is postponed by one second.
    private func startTime(
        _ delivery: Delivery, _ task: AnyTask, _ limit: RateLimit, _ arguments: ReceivedArguments, _ now: Date
    ) async -> Date? {
        do {
            return try await rates.startTime(of: delivery.id, task, limit, arguments, now: now)
        } catch {
            app.logger.warning(
                "rate limit could not be read", metadata: ["error": "\(error)", "task": "\(task.name)"])
            return now.addingTimeInterval(1)
        }
    }

    private struct Refused: Error { let failure: TaskFailure }

    private typealias Prepared = Result<(AnyTask, ReceivedArguments, CanvasEmbed?), Refused>

    private func prepare(_ delivery: Delivery) -> Prepared {
        do {
            let call = try app.codec.decode(delivery.envelope)
            guard let task = registry[delivery.envelope.task] else {
                return .failure(Refused(failure: .notRegistered(delivery.envelope.task, known: registry.count)))
            }
            if let type = task.containerType, !app.containers.has(type) {
                return .failure(Refused(failure: .missingContainer(String(reflecting: type))))
            }
            let embed = try canvas.embed(of: call)
            if embed?.holdsChord == true, app.backend.chords == nil {
                return refuse("UnsupportedMessage", app.backend.explanation(ofLacking: .chords))
            }
            try task.parameters.map(call.arguments.check(against:))
            return .success((task, call.arguments, embed))
        } catch let error as CeleriacError where error.code == .invalidArguments {
            return .failure(Refused(failure: .unfit(error.wholeMessage)))
        } catch let error as CeleriacError {
            return refuse(error.refusedType, error.wholeMessage)
        } catch {
            return refuse("DecodeError", "\(error)")
        }
    }

    private func refuse(_ type: String, _ message: String) -> Prepared {
        .failure(Refused(failure: TaskFailure(type: type, module: "Celeriac", message: message)))
    }

    // MARK: Running

    private func start(
        _ attempt: Attempt, _ task: AnyTask, _ arguments: ReceivedArguments, _ now: Date
    ) async -> Execution {
        let delivery = attempt.delivery
        let context = TaskContext(
            app: app, envelope: delivery.envelope, queue: delivery.queue, worker: worker,
            deliveryCount: delivery.deliveryCount.minimum, startedAt: now
        )
        var execution = Execution(outcome: .interrupted, context: context, task: task)
        if attempt.cancelReason == nil {
            do {
                if task.options.acks == .early { try await settler.acknowledge(attempt) }
                try await reportStart(context, task)
            } catch {
                app.logger.error(
                    "start could not be recorded", metadata: ["error": "\(error)", "task_id": "\(delivery.id)"])
                // The broker still has the message and delivers it again, unless it was acknowledged: then it must run.
                guard attempt.isAcknowledged else { return execution }
            }
            tellStart(attempt, now)
            await hooks.tell(.taskStarted(context))
            let times = limits.times(of: task, for: delivery.envelope)
            execution.outcome = await pool.run(
                TaskRun(attempt: attempt, task: task, arguments: arguments, context: context, times: times))
        }
        return execution
    }

    private func tellStart(_ attempt: Attempt, _ now: Date) {
        attempt.start(at: now)
        guard let events, events.wantsTasks else { return }
        let envelope = attempt.delivery.envelope
        events.send([.received(envelope, CallText(of: envelope, app.codec)), .started(envelope.id)])
    }

    /// A store that knows where messages are shows STARTED by itself. For other stores, and for an acknowledged
    /// message, STARTED must be written.
    private func reportStart(_ context: TaskContext, _ task: AnyTask) async throws {
        guard let results = app.results, !app.ignoresResult(of: context.envelope, task) else { return }
        let isLeft = app.derivesStates && task.options.acks == .early
        guard isLeft || isTracking else { return }
        try await results.record([context.change(to: .started)])
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
