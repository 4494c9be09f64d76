import CeleriacPool
import Foundation
import Logging
import Synchronization

/// One run of a worker: makes its parts, and runs them in scopes, see `WorkerSession+Scopes.swift`.
///
/// ```
/// intake ---> slots ---> finisher ---> settler          claims for slots and window; runs; writes ends in batches, which frees slots
///                                         launcher      launches due chords after settled parts, and now and then
/// lease keeper, revocation watch, heartbeats, remote control, mingle, broker housekeeping
/// ```
final class WorkerSession: Sendable {
    let slots: Slots
    let consumer = OpenConsumer()
    let settler: Settler
    let tally = EndTally()
    let claimed = IntakeTally()
    let launcher: ChordLauncher?
    let app: TaskApp
    let options: WorkerOptions
    let queues: LiveQueues
    let limits = LiveLimits()
    let revoked = RevokedCalls()
    let events: EventDispatcher?
    let autoscaler: Autoscaler?
    let rates: RateGovernor
    let finisher: Finisher
    let pool: any WorkerPool
    let hooks: WorkerHooks
    let name: String
    let lane: any TaskExecutor
    let stopping = Guarded(Stopping())
    /// Opens once the worker listens to remote control, or must end: a worker that announces itself can be stopped.
    let listening = Gate()
    /// When the worker was asked to end.
    let notice = EndNotice()

    struct Stopping {
        var intake: Task<Bool, any Error>?
        /// The caller that waits until the end becomes more urgent than this.
        var hurry: (than: Worker.Urgency, continuation: CheckedContinuation<Void, Never>)?
        /// `nil` while the worker goes on.
        var urgency: Worker.Urgency?
        /// Why the worker must not take tasks.
        var refusal: BrokerError?
        /// Whether no task has arrived for as long as the options allow.
        var isIdle = false

        /// Whether the worker claims nothing more.
        var isOver: Bool { urgency != nil || isIdle }

        /// - Returns: the continuation to resume.
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
        hooks = WorkerHooks(hooks: options.hooks)
        pool = Self.pool(app, options, hooks)
        let step = pool.step
        slots = Slots(
            capacity: options.autoscale.map { $0.lowerBound * step } ?? options.concurrency, window: options.window,
            clock: app.time)
        events = app.backend.events.map { [name] channel in
            EventDispatcher(app: app, channel: channel, node: name, sendsAll: options.sendsTaskEvents)
        }
        autoscaler = options.autoscale.map { [slots, consumer, pool, queues] range in
            Autoscaler(
                app: app, slots: slots, consumer: consumer, pool: pool, queues: queues, range: range)
        }
        let (store, canvas) = (EndStore(app, consumer), CanvasRunner(app: app))
        launcher = app.backend.chords.map { [slots] in ChordLauncher(app: app, chords: $0, store: store, slots: slots) }
        let maker = EndingMaker(
            app: app, worker: name, messageRetries: options.messageRetries, events: events, canvas: canvas)
        settler = Settler(
            app: app, store: store, slots: slots, lease: options.lease, events: events, hooks: hooks, maker: maker,
            launcher: launcher, tally: tally, waker: pool.taskExecutor)
        rates = RateGovernor(limits: limits, shared: app.backend.limiter)
        let executor = Executor(
            app: app, worker: name, deliveryLimit: options.deliveryLimit, limits: limits, rates: rates,
            revoked: revoked, events: events, hooks: hooks, pool: pool, canvas: canvas, settler: settler)
        finisher = Finisher(
            executor: executor, callbacks: CallbackRunner(app: app, worker: name, limits: limits, pool: pool),
            maker: maker, settler: settler, slots: slots, log: EndingLog(app.logger, orderly: options.successLogLevel),
            taskExecutor: pool.taskExecutor)
        // The finisher holds the slots already.
        slots.onStart { [weak finisher] in finisher?.start($0) }
    }

    private static func pool(_ app: TaskApp, _ options: WorkerOptions, _ hooks: WorkerHooks) -> any WorkerPool {
        switch options.pool.kind {
        case .usual, .inProcess: InProcessPool(time: app.time, logger: app.logger)
        case .processes(let count, let perChild):
            ProcessPool(
                time: app.time, logger: app.logger, worker: options.node,
                count: options.autoscale?.lowerBound ?? count, perChild: perChild, limits: options.children,
                deliveryLimit: options.deliveryLimit,
                onLoss: hooks.onChildLoss
            )
        }
    }

    /// How urgently the worker was asked to end; `nil` if it was not.
    var urgency: Worker.Urgency? { stopping.withLock { $0.urgency } }

    /// Asks the worker to end. A further call can only make the end more urgent.
    func stop(_ urgency: Worker.Urgency) {
        let (intake, hurry) = stopping.withLock { stopping in
            let hurry = stopping.raise(to: urgency)
            return (stopping.intake, hurry)
        }
        notice.tell(app.time.now)
        intake?.cancel()
        hurry?.resume()
        listening.open()
    }

    func run() async throws {
        for queue in queues.names { try app.router.check(queue) }
        try rates.check(app.registry.all, on: app.backend)
        let beat = try options.beat.map { try BeatSession(app, $0) }
        try await app.publisher.declareTopology()
        log("worker starts")
        UnservedTasks(app, served: queues.names).warn()
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
