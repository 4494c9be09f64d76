import Foundation
import Logging
import Synchronization

/// One run of a worker: makes its parts, and ends them in order.
///
/// ```
/// intake  -> attempts -> settler        claims for free slots; runs; settles in batches, which frees slots
///            chord launcher             after settled parts, and now and then
///            lease keeper, revocation watch, heartbeats, remote control, mingle, broker housekeeping
/// ```
///
/// The end: the intake stops; attempts finish, or are cancelled; the settler writes what there is; the rest is cancelled;
/// the consumer gives back what is left.
final class WorkerSession: Sendable {
    let slots: Slots
    let settler: Settler
    let launcher: ChordLauncher?
    let app: TaskApp
    let options: WorkerOptions
    let queues: LiveQueues
    let limits = LiveLimits()
    let revoked = RevokedCalls()
    let events: EventDispatcher?
    let autoscaler: Autoscaler?
    let executor: Executor
    let pool: any WorkerPool
    let hooks: WorkerHooks
    let name: String
    let logLevel: Logger.Level
    let lane: any TaskExecutor
    let ending = Guarded(Ending())
    /// A worker that says it is there can be told to go: it says so once it listens, or is to end.
    let listening = Gate()
    /// When it was told to end, once it is.
    let notice = EndNotice()

    struct Ending {
        var intake: Task<Bool, any Error>?
        /// Who waits for an end that is more urgent than this.
        var hurry: (than: Worker.Urgency, continuation: CheckedContinuation<Void, Never>)?
        /// `nil` = it goes on.
        var urgency: Worker.Urgency?

        /// Whether nothing has come for as long as its options say.
        var isIdle = false

        /// Whether it claims nothing more.
        var isOver: Bool { urgency != nil || isIdle }

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
        lane = app.backend.lane?.lane ?? LaneExecutor(label: "celeriac.worker")
        queues = LiveQueues(options.queues ?? .strict([app.options.defaultQueue]))
        logLevel = app.logger.logLevel
        hooks = WorkerHooks(hooks: options.hooks)
        pool = Self.pool(app, options, hooks)
        let step = pool.step
        slots = Slots(
            capacity: options.autoscale.map { $0.lowerBound * step } ?? options.concurrency,
            clock: options.maxIdle == nil ? nil : app.time)
        events = app.backend.events.map { [name] channel in
            EventDispatcher(app: app, channel: channel, node: name, sendsAll: options.sendsTaskEvents)
        }
        autoscaler = options.autoscale.map { [slots, pool, queues] range in
            Autoscaler(app: app, slots: slots, pool: pool, queues: queues, range: range)
        }
        launcher = app.backend.chords.map { [slots] store in ChordLauncher(app: app, store: store, slots: slots) }
        settler = Settler(
            app: app, slots: slots, lease: options.lease, events: events, hooks: hooks, launcher: launcher)
        executor = Executor(
            app: app, worker: name, deliveryLimit: options.deliveryLimit, limits: limits,
            rates: RateGovernor(limits: limits, shared: app.backend.limiter), revoked: revoked,
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
        notice.tell(app.time.now)
        intake?.cancel()
        hurry?.resume()
        listening.open()
    }

    func run() async throws {
        for queue in queues.names { try app.router.check(queue) }
        try executor.rates.check(app.registry.all, on: app.backend)
        let beat = try options.beat.map { try BeatSession(app, $0) }
        try await app.declareTopology()
        log("worker starts")
        if try await startPool() {
            do {
                try await work(beat)
            } catch {
                await pool.stop()
                throw error
            }
            await pool.stop()
        }
        await hooks.tell(.stopped)
        log("worker stopped")
    }

    /// - Returns: false if the worker was stopped before its pool was ready.
    private func startPool() async throws -> Bool {
        notice.observe { [pool] in pool.abandonStart() }
        do { try await pool.start() } catch is CancellationError { return false }
        return true
    }

    private func work(_ beat: BeatSession?) async throws {
        try await app.broker.withConsumer(of: queues.names, lease: options.lease) { consumer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                start(helpers: &group, beat)
                startListening(&group)
                _ = try? await listening.wait()
                startTalking(&group)
                // Ended apart from the others, since leases must be kept until the last end is written, and told of.
                let settling = Task(executorPreference: lane) { [settler] in await settler.run() }
                let launching = Task(executorPreference: lane) { [launcher] in await launcher?.run() }
                let telling = Task(executorPreference: lane) { [events] in await events?.run() }
                await hooks.tell(.started(worker: name, tasks: app.registry.all.map(\.name)))
                let end = await takeIn(from: consumer)
                await drain()
                await endPool()
                settler.finish()
                await settling.value
                launcher?.finish()
                await launching.value
                group.cancelAll()
                try await group.waitForAll()
                pulse?.stop()
                events?.finish()
                await telling.value
                try end.get()
            }
        }
    }

    private func log(_ message: Logger.Message) {
        app.logger.info(
            message,
            metadata: [
                "worker": "\(name)", "queues": "\(queues.names.map(\.rawValue).joined(separator: ","))",
                "concurrency": "\(slots.capacity)", "tasks": "\(app.registry.all.count)",
            ]
        )
    }
}
