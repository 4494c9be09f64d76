import Logging
import Synchronization

/// The parts that run beside the tasks, and the intake.
extension WorkerSession {
    func start(helpers group: inout ThrowingTaskGroup<Void, any Error>, _ beat: BeatSession?) {
        let keeper = LeaseKeeper(app: app, slots: slots, lease: options.lease)
        group.addTask(executorPreference: lane) { await keeper.run() }
        group.addTask(executorPreference: lane) { [app] in await Self.keepHouse(app, of: app.broker) }
        if let store = app.backend.resultsUpkeep {
            group.addTask(executorPreference: lane) { [app] in await Self.keepHouse(app, of: store) }
        }
        if let launcher { group.addTask(executorPreference: lane) { await launcher.sweep() } }
        if let beat {
            group.addTask(executorPreference: lane) { await beat.runBesideWorker() }
        }
        if let store = app.backend.revocations {
            let watch = RevocationWatch(app: app, store: store, slots: slots)
            group.addTask(executorPreference: lane) { await watch.run() }
        }
        if let directory = app.backend.directory {
            let heartbeat = Heartbeat(
                app: app, directory: directory, name: name, options: options, queues: queues,
                startedAt: app.time.now, slots: slots, notice: notice, letters: DeadLetterWatch(app),
                statistics: { [settler] in settler.statistics }
            )
            group.addTask(executorPreference: lane) { await heartbeat.run() }
        }
        if let limit = options.maxIdle {
            group.addTask(executorPreference: lane) { await self.endWhenIdle(for: limit) }
        }
    }

    /// Remote control and orders, whichever of them the app's stores carry.
    func startListening(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        guard options.control != .off else { return listening.open() }
        let (control, orders) = (app.backend.control, app.backend.orders)
        if control == nil, orders == nil { listening.open() }
        if let channel = control {
            let panel = ControlPanel(controlled, reach: options.control)
            let listener = ControlListener(channel: channel, panel: panel, listening: listening)
            group.addTask(executorPreference: lane) { await listener.run() }
        }
        if let channel = orders {
            let listener = OrderListener(
                app: app, channel: channel, node: name, reach: options.control, listening: listening
            ) { [weak self] in self?.obey($0) }
            group.addTask(executorPreference: lane) { await listener.run() }
        }
    }

    private func obey(_ order: WorkerOrder) {
        if order == .shutDown { stop(.warm) }
        if order == .killRunning { killRunning() }
    }

    /// What speaks with the world: events, and the other workers.
    func startTalking(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        if let pulse { group.addTask(executorPreference: lane) { await pulse.run() } }
        if let autoscaler { group.addTask(executorPreference: lane) { await autoscaler.run() } }
        guard options.control != .off, options.mingles, !options.burst, let channel = app.backend.control
        else { return }
        let mingle = Mingle(app: app, channel: channel, node: name, revoked: revoked)
        group.addTask(executorPreference: lane) { await mingle.run() }
    }

    var pulse: WorkerPulse? {
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
                app.logger.warning(
                    "the background work of a store failed",
                    metadata: ["error": "\(error)", "store": "\(store.transport)"])
                guard (try? await app.time.sleep(for: pauses.next())) != nil else { return }
            }
        }
    }

    /// Claims and starts until the end; anew each time that the queues or slots were changed.
    func takeIn(from consumer: any Consumer) async -> Result<Void, any Error> {
        let tally = IntakeTally()
        while true {
            let (selection, generation) = queues.current
            let intake = Intake(
                app: app, options: options, selection: selection, slots: slots, tally: tally,
                screen: DeliveryScreen(app), process: process)
            // A task of its own, since it is ended apart from the rest.
            let task = Task(executorPreference: lane) { try await intake.run(from: consumer) }
            let isStopping = ending.withLock { ending in
                ending.intake = task
                return ending.isOver
            }
            // What changed before it could be cancelled is noticed here.
            if isStopping || queues.generation != generation { task.cancel() }
            do {
                if try await task.value || ending.withLock({ $0.isOver }) { return .success(()) }
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
}
