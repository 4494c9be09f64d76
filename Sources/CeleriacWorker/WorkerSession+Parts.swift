import Logging
import Synchronization

/// The parts that run next to the tasks, and the intake.
extension WorkerSession {
    func start(helpers group: inout TaskGroup<Void>, _ consumer: any Consumer, _ beat: BeatSession?) {
        let (time, logger) = (app.time, app.logger)
        let watch = app.backend.revocations.map { [slots] store in
            RevocationWatch(store: store, slots: slots, time: time, logger: logger)
        }
        let keeper = LeaseKeeper(
            consumer: consumer, slots: slots, lease: options.lease, revocations: watch, time: time, logger: logger)
        group.addTask(executorPreference: lane) { await keeper.run() }
        group.addTask(executorPreference: lane) { await keeper.watchLosses() }
        group.addTask(executorPreference: lane) { await self.keepWindow() }
        group.addTask(executorPreference: lane) { [app] in await Self.keepHouse(app, of: app.broker) }
        if let store = app.backend.resultsUpkeep {
            group.addTask(executorPreference: lane) { [app] in await Self.keepHouse(app, of: store) }
        }
        if let launcher { group.addTask(executorPreference: lane) { await launcher.sweep() } }
        if let beat {
            group.addTask(executorPreference: lane) { await beat.runBesideWorker() }
        }
        if let watch { group.addTask(executorPreference: lane) { await watch.run() } }
        if let directory = app.backend.directory {
            let heartbeat = Heartbeat(
                directory: directory, registry: app.registry, name: name, options: options, queues: queues,
                startedAt: time.now, slots: slots, notice: notice, letters: DeadLetterWatch(app),
                tally: tally, time: time, logger: logger)
            group.addTask(executorPreference: lane) { await heartbeat.run() }
        }
        if let limit = options.maxIdle {
            group.addTask(executorPreference: lane) { await self.endWhenIdle(for: limit) }
        }
    }

    /// Starts listening to remote control and orders, as far as the app's stores carry them.
    func startListening(_ group: inout TaskGroup<Void>) {
        guard options.control != .off else { return listening.open() }
        let (control, orders) = (app.backend.control, app.backend.orders)
        if control == nil, orders == nil { listening.open() }
        if let channel = control {
            let panel = ControlPanel(controlled, reach: options.control)
            let listener = ControlListener(
                channel: channel, panel: panel, listening: listening,
                onConflict: { [weak self] in self?.refuse($0) })
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

    /// Starts the communication with the outside: events, and other workers.
    func startTalking(_ group: inout TaskGroup<Void>) {
        if let pulse { group.addTask(executorPreference: lane) { await pulse.run() } }
        if let autoscaler { group.addTask(executorPreference: lane) { await autoscaler.run() } }
        guard options.control != .off, options.mingles, !options.burst, let channel = app.backend.control
        else { return }
        let mingle = Mingle(
            channel: channel, node: name, revoked: revoked, clock: app.clock, logger: app.logger)
        group.addTask(executorPreference: lane) { await mingle.run() }
    }

    var pulse: WorkerPulse? {
        events.map { events in
            WorkerPulse(
                app: app, events: events, interval: options.eventHeartbeat, slots: slots, tally: tally)
        }
    }

    private var controlled: ControlledWorker {
        ControlledWorker(
            app: app, options: options, node: name, slots: slots, consumer: consumer, pool: pool, queues: queues,
            limits: limits, rates: rates, revoked: revoked, settler: settler, events: events, autoscaler: autoscaler,
            startedAt: app.time.uptime, reclaim: { [weak self] in self?.reclaim() },
            shutDown: { [weak self] in self?.stop(.warm) }
        )
    }

    /// Runs a store's own background work, and starts it again if it fails.
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

    /// Claims and starts deliveries until the end; starts again each time the queues or slots have changed.
    func takeIn(from consumer: any Consumer) async -> Result<Void, any Error> {
        while true {
            let (selection, generation) = queues.current
            let intake = Intake(
                app: app, options: options, selection: selection, slots: slots, tally: claimed,
                screen: DeliveryScreen(app))
            // A task of its own, awaited below, so that it can be cancelled separately.
            let task = Task(executorPreference: lane) { try await intake.run(from: consumer) }
            let isStopping = stopping.withLock { stopping in
                stopping.intake = task
                return stopping.isOver
            }
            // A change that came before the task could be cancelled is noticed here.
            if isStopping || queues.generation != generation { task.cancel() }
            do {
                if try await task.value || stopping.withLock({ $0.isOver }) { return .success(()) }
            } catch {
                return .failure(error)
            }
            // The worker may no longer serve the queues of the calls that wait.
            giveBack(slots.withdraw())
        }
    }

    /// Gives waiting calls back to other workers once one has waited for ``longestWait``. Returns when cancelled.
    private func keepWindow() async {
        while await slots.waitUntilOneWaits(for: Self.longestWait) {
            let attempts = slots.withdraw(ifWaitingFor: Self.longestWait)
            guard !attempts.isEmpty else { continue }
            // A claim that began while the window was open would take them again.
            _ = await reclaim()?.result
            giveBack(attempts)
        }
    }

    private static var longestWait: Duration { .milliseconds(50) }

    func giveBack(_ attempts: [Attempt]) {
        guard !attempts.isEmpty else { return }
        claimed.add(-attempts.count)
        finisher.giveBack(attempts)
    }

    /// Makes a waiting claim start again.
    ///
    /// - Returns: the task of the old claim; `nil` before the first claim.
    @discardableResult
    private func reclaim() -> Task<Bool, any Error>? {
        queues.touch()
        let intake = stopping.withLock { $0.intake }
        intake?.cancel()
        return intake
    }
}
