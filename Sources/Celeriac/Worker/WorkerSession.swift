import Foundation
import Logging
import Synchronization

/// One run of a worker: makes its parts, and ends them in order.
///
/// ```
/// intake  -> attempts -> settler        claims for free slots; runs; settles in batches, which frees slots
///            lease keeper, revocation watch, heartbeats, remote control, mingle, broker housekeeping
/// ```
///
/// The end: the intake stops; attempts finish, or are cancelled; the settler writes what there is; the rest is cancelled;
/// the consumer gives back what is left.
final class WorkerSession: Sendable {
    let slots: Slots
    let settler: Settler
    private let app: TaskApp
    private let options: WorkerOptions
    private let queues: LiveQueues
    private let limits = LiveLimits()
    private let revoked = RevokedCalls()
    private let events: EventDispatcher?
    private let autoscaler: Autoscaler?
    private let executor: Executor
    private let pool: any WorkerPool
    private let hooks: WorkerHooks
    private let name: String
    private let logLevel: Logger.Level
    let lane: any TaskExecutor
    private let ending = Guarded(Ending())
    /// A worker that says it is there can be told to go: it says so once it listens, or is to end.
    private let listening = Gate()

    private struct Ending {
        var intake: Task<Bool, any Error>?
        /// Who waits for an end that is more urgent than this.
        var hurry: (than: Worker.Urgency, continuation: CheckedContinuation<Void, Never>)?
        /// `nil` = it goes on.
        var urgency: Worker.Urgency?

        var isStopping: Bool { urgency != nil }

        /// - Returns: who is to go on.
        mutating func raise(to urgency: Worker.Urgency) -> CheckedContinuation<Void, Never>? {
            self.urgency = max(self.urgency ?? .warm, urgency)
            guard let hurry, urgency > hurry.than else { return nil }
            self.hurry = nil
            return hurry.continuation
        }
    }

    init(_ app: TaskApp, _ options: WorkerOptions) {
        self.app = app
        self.options = options
        name = options.node
        lane = (app.broker as? any LaneProvider)?.lane ?? LaneExecutor(label: "celeriac.worker")
        queues = LiveQueues(options.queues ?? .strict([app.options.defaultQueue]))
        logLevel = app.logger.logLevel
        hooks = WorkerHooks(hooks: options.hooks)
        pool = Self.pool(app, options, hooks)
        let step = pool.step
        slots = Slots(capacity: options.autoscale.map { $0.lowerBound * step } ?? options.concurrency)
        events = (app.broker as? any EventChannel).map { [name] channel in
            EventDispatcher(app: app, channel: channel, node: name, sendsAll: options.sendsTaskEvents)
        }
        autoscaler = options.autoscale.map { [slots, pool, queues] range in
            Autoscaler(app: app, slots: slots, pool: pool, queues: queues, range: range)
        }
        settler = Settler(app: app, slots: slots, lease: options.lease, events: events, hooks: hooks)
        executor = Executor(
            app: app, worker: name, deliveryLimit: options.deliveryLimit, limits: limits,
            rates: RateGovernor(limits: limits, shared: app.broker as? any StartLimiter), revoked: revoked,
            events: events, hooks: hooks, pool: pool
        )
    }

    private static func pool(_ app: TaskApp, _ options: WorkerOptions, _ hooks: WorkerHooks) -> any WorkerPool {
        switch options.pool.kind {
        case .usual, .inProcess: InProcessPool(app: app)
        case .processes(let count, let perChild):
            ProcessPool(
                app: app, worker: options.node, count: options.autoscale?.lowerBound ?? count, perChild: perChild,
                limits: options.children, deliveryLimit: options.deliveryLimit, hooks: hooks
            )
        }
    }

    /// How urgently it was told to end; `nil` = it was not.
    var urgency: Worker.Urgency? { ending.withLock { $0.urgency } }

    /// Asks for the end. Each further call can only make it more urgent.
    func stop(_ urgency: Worker.Urgency) {
        let (intake, hurry) = ending.withLock { ending in
            let hurry = ending.raise(to: urgency)
            return (ending.intake, hurry)
        }
        intake?.cancel()
        hurry?.resume()
        listening.open()
    }

    func run() async throws {
        for queue in queues.names { try app.router.check(queue) }
        try executor.rates.check(app.registry.all)
        try await app.declareTopology()
        log("worker starts")
        try await pool.start()
        do {
            try await work()
        } catch {
            await pool.stop()
            throw error
        }
        await pool.stop()
        await hooks.tell(.stopped)
        log("worker stopped")
    }

    private func work() async throws {
        try await app.broker.withConsumer(of: queues.names, lease: options.lease) { consumer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                start(helpers: &group)
                startListening(&group)
                _ = try? await listening.wait()
                startTalking(&group)
                // Ended apart from the others, since leases must be kept until the last end is written, and told of.
                let settling = Task(executorPreference: lane) { [settler] in await settler.run() }
                let telling = Task(executorPreference: lane) { [events] in await events?.run() }
                await hooks.tell(.started(worker: name, tasks: app.registry.all.map(\.name)))
                let end = await takeIn(from: consumer)
                await drain()
                await endPool()
                settler.finish()
                await settling.value
                group.cancelAll()
                try await group.waitForAll()
                pulse?.stop()
                events?.finish()
                await telling.value
                try end.get()
            }
        }
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
                app: app, directory: directory, name: name, options: options, queues: queues,
                startedAt: app.time.now, slots: slots, statistics: { [settler] in settler.statistics }
            )
            group.addTask(executorPreference: lane) { await heartbeat.run() }
        }
    }

    /// Remote control.
    private func startListening(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        guard options.control != .off, let channel = app.broker as? any ControlChannel else { return listening.open() }
        let panel = ControlPanel(controlled, reach: options.control)
        let listener = ControlListener(channel: channel, panel: panel, listening: listening)
        group.addTask(executorPreference: lane) { await listener.run() }
    }

    /// What speaks with the world: events, and the other workers.
    private func startTalking(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        if let pulse { group.addTask(executorPreference: lane) { await pulse.run() } }
        if let autoscaler { group.addTask(executorPreference: lane) { await autoscaler.run() } }
        guard options.control != .off, options.mingles, !options.burst, let channel = app.broker as? any ControlChannel
        else { return }
        let mingle = Mingle(app: app, channel: channel, node: name, revoked: revoked)
        group.addTask(executorPreference: lane) { await mingle.run() }
    }

    private var pulse: WorkerPulse? {
        events.map { events in
            WorkerPulse(
                app: app, events: events, interval: options.eventHeartbeat, slots: slots,
                statistics: { [settler] in settler.statistics }
            )
        }
    }

    private var controlled: ControlledWorker {
        ControlledWorker(
            app: app, options: options, node: name, slots: slots, pool: pool, queues: queues, limits: limits,
            rates: executor.rates, revoked: revoked, settler: settler, events: events, autoscaler: autoscaler,
            startedAt: app.time.uptime, reclaim: { [weak self] in self?.reclaim() },
            shutDown: { [weak self] in self?.stop(.warm) }
        )
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

    /// Claims and starts until the end; anew each time that the queues or slots were changed.
    private func takeIn(from consumer: any Consumer) async -> Result<Void, any Error> {
        let tally = IntakeTally()
        while true {
            let (selection, generation) = queues.current
            let intake = Intake(
                app: app, options: options, selection: selection, slots: slots, tally: tally, process: process)
            // A task of its own, since it is ended apart from the rest.
            let task = Task(executorPreference: lane) { try await intake.run(from: consumer) }
            let isStopping = ending.withLock { ending in
                ending.intake = task
                return ending.isStopping
            }
            // What changed before it could be cancelled is noticed here.
            if isStopping || queues.generation != generation { task.cancel() }
            do {
                if try await task.value || ending.withLock({ $0.isStopping }) { return .success(()) }
            } catch {
                return .failure(error)
            }
        }
    }

    /// Makes a claim that waits begin anew.
    private func reclaim() {
        queues.touch()
        ending.withLock { $0.intake }?.cancel()
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
                context: execution.context, isSettled: execution.isSettled, task: execution.task,
                notices: notices(of: execution, decision, attempt, now)
            )
        )
        log(decision, delivery)
    }

    private func notices(
        of execution: Executor.Execution, _ decision: Decision, _ attempt: Attempt, _ now: Date
    ) -> [TaskNotice] {
        guard let events, events.wantsTasks else { return [] }
        let envelope = attempt.delivery.envelope
        // A clock may be set back.
        let runtime = attempt.startedAt.map { Duration.seconds(max(0, now.timeIntervalSince($0))) }
        return TaskNotice.ended(
            execution, decision, envelope, CallText(of: envelope, app.codec), runtime: runtime,
            signal: attempt.signal?.number
        )
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
        await finish(within: options.shutdownLimit, unlessHurriedPast: .warm)
        let left = slots.held
        guard !left.isEmpty else { return }
        app.logger.warning("\(left.count) tasks are cancelled and given back", metadata: ["worker": "\(name)"])
        for attempt in left { attempt.cancel(because: .shutdown) }
        await finish(within: options.cancellationGrace, unlessHurriedPast: .soft)
    }

    /// What runs in children ends with them: those calls are given back before the worker leaves.
    private func endPool() async {
        await pool.stop()
        if !(pool is InProcessPool) { await finish(within: .seconds(1), unlessHurriedPast: .cold) }
        guard !slots.isIdle else { return }
        app.logger.error("\(slots.held.count) tasks have not ended and are left", metadata: ["worker": "\(name)"])
    }

    /// Waits until nothing runs, the limit is over, or the end is more urgent than that.
    private func finish(within limit: Duration, unlessHurriedPast urgency: Worker.Urgency) async {
        guard !slots.isIdle else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.slots.waitUntilIdle() }
            group.addTask { [time = app.time] in _ = try? await time.sleep(for: limit) }
            group.addTask { await self.waitForHurry(past: urgency) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForHurry(past urgency: Worker.Urgency) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = ending.withLock { ending in
                    if Task.isCancelled || ending.urgency.map({ $0 > urgency }) == true { return true }
                    ending.hurry = (urgency, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            ending.withLock { $0.hurry.take() }?.continuation.resume()
        }
    }

    // MARK: Words

    private func log(_ message: Logger.Message) {
        app.logger.info(
            message,
            metadata: [
                "worker": "\(name)", "queues": "\(queues.names.map(\.rawValue).joined(separator: ","))",
                "concurrency": "\(slots.capacity)", "tasks": "\(app.registry.all.count)",
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
