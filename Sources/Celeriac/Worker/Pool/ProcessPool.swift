#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Logging
import Synchronization

/// The pool of child processes: carries out what `PoolState` decides.
///
/// The supervisor alone talks to the broker. A call goes to a child as an envelope, and comes back as an outcome.
final class ProcessPool: WorkerPool {
    let app: TaskApp
    let worker: String
    let limits: ChildOptions
    private let hooks: WorkerHooks
    let reactor: ChildReactor
    let state: Guarded<PoolState>
    let outOfMemory = Guarded(OutOfMemory())
    private let opened = OneShot<PoolState.Opening>()
    private let closed = OneShot<Void>()
    private let lastRun = Atomic<UInt64>(0)
    private let looks = Atomic(0)
    private let runsNow = Atomic(0)
    /// Up to so many a write each costs less than a wait.
    private static let fewRuns = 4
    private let watch = Guarded<Task<Void, Never>?>(nil)

    init(
        app: TaskApp, worker: String, count: Int, perChild: Int, limits: ChildOptions, deliveryLimit: Int,
        hooks: WorkerHooks
    ) {
        self.app = app
        self.worker = worker
        self.limits = limits
        self.hooks = hooks
        reactor = ChildReactor(ChildLaunch(limits))
        state = Guarded(PoolState(count: count, perChild: perChild, limits: limits, deliveryLimit: deliveryLimit))
    }

    var tasksCanOutliveIt: Bool { false }
    var step: Int { state.withLock { $0.perChild } }

    var description: PoolDescription {
        PoolDescription(
            implementation: "celeriac.worker:ProcessPool",
            processes: state.withLock { $0.members.values.map(\.child.pid).sorted() },
            maxTasksPerChild: limits.maxTasks
        )
    }

    // MARK: Life

    func start() async throws {
        try ChildLaunch.checkProgram(CommandLine.arguments[0])
        do throws(ChildLaunch.Failure) {
            try reactor.start(self)
        } catch {
            throw CeleriacError(.invalidConfiguration, "child processes cannot be had: \(error)")
        }
        change { $0.staff() }
        do { try (await opened.value).check() } catch {
            await stop()
            throw error
        }
        watch.withLock {
            $0 = Task { [weak self, time = app.time] in
                while (try? await time.sleep(for: .milliseconds(100))) != nil { self?.look() }
            }
        }
    }

    func abandonStart() { change { $0.abandonStart() } }

    /// Ten times a second: who holds too much memory, and who cannot be reached.
    private func look() {
        if let limit = limits.memoryLimit { killLargerThan(limit) }
        if looks.add(1, ordering: .relaxed).newValue % 10 == 0 { change { $0.touch() } }
    }

    func stop() async {
        watch.withLock { $0.take() }?.cancel()
        change { $0.stop() }
        let deadline = Task { [weak self, time = app.time] in
            try await time.sleep(for: .seconds(2))
            self?.change { $0.killAll() }
        }
        await closed.value
        deadline.cancel()
        reactor.stop()
    }

    func resize(toSlots slots: Int) {
        change { $0.resize(to: (slots + $0.perChild - 1) / $0.perChild) }
    }

    private func killLargerThan(_ limit: Int) {
        for child in state.withLock({ $0.members.values.map(\.child) }) {
            let size = child.residentBytes
            if size > limit { change { $0.kill(child.number, .memory(size), by: SIGKILL) } }
        }
    }

    // MARK: Runs

    func run(_ run: TaskRun) async -> Outcome {
        runsNow.add(1, ordering: .relaxed)
        defer { runsNow.subtract(1, ordering: .relaxed) }
        let childRun = ChildRun(lastRun.add(1, ordering: .relaxed).newValue, run)
        change { $0.submit(childRun) }
        run.attempt.observe { [weak self] reason in self?.cancel(childRun, because: reason) }
        let outcome = await childRun.end.value
        run.attempt.forgetObserver()
        if case .crashed(let loss) = outcome { return .crashed(await loss.symbolicated()) }
        return outcome
    }

    /// Tells it, and after a grace makes it so: what is terminated, or is another worker's by now, must not go on. What is
    /// to be killed has no grace.
    private func cancel(_ run: ChildRun, because reason: Attempt.CancelReason) {
        guard reason != .killed else {
            return change { $0.cancel(run, because: reason) + $0.kill(run, .termination(run.number), by: SIGKILL) }
        }
        change { $0.cancel(run, because: reason) }
        guard reason == .revoked || reason == .leaseLost else { return }
        let signal = Int32(clamping: run.run.attempt.signal?.number ?? Int(SIGKILL))
        let isAskedFor = signal == SIGKILL && reason == .revoked && run.run.attempt.signal != nil
        let grace = isAskedFor ? .zero : limits.terminationGrace
        Task { [weak self, time = app.time, grace = limits.terminationGrace, first = grace] in
            if first > .zero { try? await time.sleep(for: first) }
            self?.change { $0.kill(run, .termination(run.number), by: signal) }
            guard signal != SIGKILL else { return }
            try? await time.sleep(for: grace)
            self?.change { $0.kill(run, .termination(run.number), by: SIGKILL) }
        }
    }

    /// The soft limit cancels it, the hard one kills its child.
    private func startTimers(of run: ChildRun) {
        let times = run.run.times
        guard times.soft != nil || times.hard != nil else { return }
        let timer = Task { [weak self, time = app.time] in
            if let soft = times.soft, times.hard.map({ soft < $0 }) ?? true {
                try await time.sleep(for: soft)
                run.run.attempt.cancel(because: .softTimeLimit)
            }
            guard let hard = times.hard else { return }
            let soft = times.soft.map { min($0, hard) } ?? .zero
            try await time.sleep(for: hard - soft)
            self?.change { $0.kill(run, .timeLimit(run.number, hard), by: SIGKILL) }
        }
        run.keep(timer)
    }

    // MARK: Carrying out

    func change(_ body: (inout PoolState) -> [PoolState.Action]) {
        let actions = state.withLock { body(&$0) }
        for action in actions { carryOut(action) }
    }

    private func carryOut(_ action: PoolState.Action) {
        switch action {
        case .launch(let number, let isQuarantine): reactor.launch(number, isQuarantine: isQuarantine)
        case .launchLater(let isQuarantine, let attempt):
            Task { [weak self, time = app.time] in
                try? await time.sleep(for: min(.milliseconds(50 << min(attempt, 6)), .seconds(2)))
                self?.change { $0.launchAgain(isQuarantine: isQuarantine) }
            }
        case .flush(let child): flush(child)
        case .assigned(let run, let child):
            run.run.attempt.run(in: child.pid)
            startTimers(of: run)
        case .resolve(let run, let outcome): run.resolve(outcome)
        case .ended(let run, let ended):
            run.run.context.add(ended.children)
            run.run.context.additions.withLock { $0 = ended.additions }
            run.resolve(ended.outcome)
        case .signal(let child, let signal): child.signal(signal)
        case .lost(let loss): report(loss)
        case .opened(let opening): opened.resolve(opening)
        case .closed: closed.resolve(())
        }
    }

    /// At once where little goes on, else by the reactor, which gathers what many have to say into one write.
    private func flush(_ child: Child) {
        if runsNow.load(ordering: .relaxed) > Self.fewRuns || child.writer.flush() { reactor.wake() }
    }

    private func report(_ loss: ChildLoss) {
        var metadata: Logger.Metadata = ["worker": "\(worker)", "pid": "\(loss.pid)"]
        if !loss.tasks.isEmpty { metadata["tasks"] = "\(loss.tasks.map(\.rawValue).joined(separator: ","))" }
        app.logger.error("\(loss.text.onOneLine)", metadata: metadata)
        guard !hooks.isEmpty else { return }
        Task { [hooks] in await hooks.tell(.childLost(loss)) }
    }
}

extension PoolState.Opening {
    /// - Throws: why the pool takes no work.
    fileprivate func check() throws {
        switch self {
        case .ready: return
        case .abandoned: throw CancellationError()
        case .impossible(let problem):
            throw CeleriacError(
                .invalidConfiguration,
                "no child process becomes ready: \(problem). A child is this program, started again with the same "
                    + "arguments; it must come to Worker.run() (see Worker.isChild)"
            )
        }
    }
}
