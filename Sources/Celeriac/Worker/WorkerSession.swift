import Foundation
import Logging
import Synchronization

/// One run of a worker: makes its parts, and ends them in order.
///
/// ```
/// intake  -> attempts -> settler        claims for free slots; runs; settles in batches, which frees slots
///            lease keeper, revocation watch, heartbeat, broker housekeeping
/// ```
///
/// The end: the intake stops; attempts finish, or are cancelled; the settler writes what there is; the rest is cancelled;
/// the consumer gives back what is left.
final class WorkerSession: Sendable {
    let slots: Slots
    let settler: Settler
    private let app: TaskApp
    private let options: WorkerOptions
    private let selection: QueueSelection
    private let executor: Executor
    private let hooks: WorkerHooks
    private let name: String
    private let logLevel: Logger.Level
    private let lane = LaneExecutor(label: "celeriac.worker")
    private let ending = Guarded(Ending())

    private struct Ending {
        var intake: Task<Void, any Error>?
        var hurry: CheckedContinuation<Void, Never>?
        var isStopping = false
        var isHurried = false
    }

    init(_ app: TaskApp, _ options: WorkerOptions) {
        self.app = app
        self.options = options
        selection = options.queues ?? .strict([app.options.defaultQueue])
        logLevel = app.logger.logLevel
        slots = Slots(capacity: options.concurrency)
        hooks = WorkerHooks(hooks: options.hooks)
        name = "\(options.name).\(ThisProcess.pid)@\(ThisProcess.host)"
        settler = Settler(app: app, slots: slots, lease: options.lease, hooks: hooks)
        executor = Executor(
            app: app, worker: name, deliveryLimit: options.deliveryLimit, rates: RateGovernor(), hooks: hooks
        )
    }

    /// Asks for the end; a second call without grace hurries it.
    func stop(gracefully: Bool) {
        let (intake, hurry) = ending.withLock { ending in
            ending.isStopping = true
            if !gracefully { ending.isHurried = true }
            return (ending.intake, gracefully ? nil : ending.hurry.take())
        }
        intake?.cancel()
        hurry?.resume()
    }

    func run() async throws {
        for queue in selection.queues { try app.router.check(queue) }
        log("worker starts")
        try await app.broker.withConsumer(of: selection.queues, lease: options.lease) { consumer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                start(helpers: &group)
                // Ended apart from the others, since leases must be kept until the last end is written.
                let settling = Task(executorPreference: lane) { [settler] in await settler.run() }
                await hooks.tell(.started(worker: name, tasks: app.registry.all.map(\.name)))
                let end = await takeIn(from: consumer)
                await drain()
                settler.finish()
                await settling.value
                group.cancelAll()
                try await group.waitForAll()
                try end.get()
            }
        }
        await hooks.tell(.stopped)
        log("worker stopped")
    }

    // MARK: The parts

    private func start(helpers group: inout ThrowingTaskGroup<Void, any Error>) {
        let keeper = LeaseKeeper(app: app, slots: slots, lease: options.lease)
        group.addTask(executorPreference: lane) { await keeper.run() }
        group.addTask(executorPreference: lane) { [app] in await Self.keepHouse(app, of: app.broker) }
        if !app.hasCompletionStore, let store = app.results as? any Broker {
            group.addTask(executorPreference: lane) { [app] in await Self.keepHouse(app, of: store) }
        }
        if let store = app.broker as? any RevocationStore {
            let watch = RevocationWatch(app: app, store: store, slots: slots)
            group.addTask(executorPreference: lane) { await watch.run() }
        }
        if let directory = app.broker as? any WorkerDirectory {
            let heartbeat = Heartbeat(
                app: app, directory: directory, name: name, options: options, queues: selection.queues,
                startedAt: app.time.now, slots: slots, statistics: { [settler] in settler.statistics }
            )
            group.addTask(executorPreference: lane) { await heartbeat.run() }
        }
    }

    /// Runs a store's own background work, again and again if it fails.
    private static func keepHouse(_ app: TaskApp, of store: any Broker) async {
        var pauses = Pauses()
        while !Task.isCancelled {
            do { return try await store.run() } catch is CancellationError { return } catch {
                app.logger.warning("the background work of \(type(of: store)) failed", metadata: ["error": "\(error)"])
                guard (try? await app.time.sleep(for: pauses.next())) != nil else { return }
            }
        }
    }

    private func takeIn(from consumer: any Consumer) async -> Result<Void, any Error> {
        let intake = Intake(app: app, options: options, selection: selection, slots: slots, process: process)
        // A task of its own, since it is ended apart from the rest.
        let task = Task(executorPreference: lane) { try await intake.run(from: consumer) }
        let isStopping = ending.withLock { ending in
            ending.intake = task
            return ending.isStopping
        }
        if isStopping { task.cancel() }
        return await task.result
    }

    @Sendable
    private func process(_ attempt: Attempt) async {
        let execution = await executor.execute(attempt)
        let delivery = attempt.delivery
        var generator = SystemRandomNumberGenerator()
        let now = app.time.now
        let decision = Decision.decide(
            execution.outcome, of: delivery.envelope, under: execution.task?.options.retry ?? .none, now: now,
            using: &generator
        )
        settler.submit(
            Settler.End(
                attempt: attempt, decision: decision, change: change(of: decision, execution, delivery, now),
                context: execution.context, isSettled: execution.isSettled
            )
        )
        log(decision, delivery)
    }

    /// The state to record, results being kept for this call.
    private func change(
        of decision: Decision, _ execution: Executor.Execution, _ delivery: Delivery, _ now: Date
    ) -> StateChange? {
        guard decision.isRecorded, app.results != nil, !executor.ignoresResult(delivery.envelope, execution.task) else {
            return nil
        }
        let context =
            execution.context
            ?? TaskContext(
                app: app, envelope: delivery.envelope, queue: delivery.queue, worker: name,
                deliveryCount: delivery.deliveryCount, startedAt: now
            )
        var change = context.change(to: decision.state, at: now)
        change.result = decision.result
        change.failure = decision.failure
        return change
    }

    // MARK: The end

    private func drain() async {
        await hooks.tell(.stopping(running: slots.held.count))
        await finish(within: options.shutdownLimit, isHurried: { self.ending.withLock { $0.isHurried } })
        let left = slots.held
        guard !left.isEmpty else { return }
        app.logger.warning("\(left.count) tasks are cancelled and given back", metadata: ["worker": "\(name)"])
        for attempt in left { attempt.cancel(because: .shutdown) }
        await finish(within: options.cancellationGrace, isHurried: { false })
    }

    /// Waits until nothing runs, the limit is over, or somebody hurries.
    private func finish(within limit: Duration, isHurried: @escaping @Sendable () -> Bool) async {
        guard !slots.isIdle, !isHurried() else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.slots.waitUntilIdle() }
            group.addTask { [time = app.time] in _ = try? await time.sleep(for: limit) }
            group.addTask { await self.waitForHurry() }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForHurry() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = ending.withLock { ending in
                    if ending.isHurried || Task.isCancelled { return true }
                    ending.hurry = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            ending.withLock { $0.hurry.take() }?.resume()
        }
    }

    // MARK: Words

    private func log(_ message: Logger.Message) {
        app.logger.info(
            message,
            metadata: [
                "worker": "\(name)", "queues": "\(selection.queues.map(\.rawValue).joined(separator: ","))",
                "concurrency": "\(options.concurrency)", "tasks": "\(app.registry.all.count)",
            ]
        )
    }

    private func log(_ decision: Decision, _ delivery: Delivery) {
        let level: Logger.Level =
            switch decision.state {
            case .failure: .error
            case .retry: .warning
            default: .debug
            }
        guard level >= logLevel else { return }
        var metadata: Logger.Metadata = [
            "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)", "queue": "\(delivery.queue)",
            "attempt": "\(delivery.envelope.attempt)", "state": "\(decision.state)",
        ]
        if let failure = decision.failure { metadata["failure"] = "\(failure.type)" }
        app.logger.log(level: level, "task ended", metadata: metadata)
    }
}
