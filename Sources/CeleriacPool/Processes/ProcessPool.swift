#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
package import CeleriacCore
import Foundation
package import Logging
import Synchronization

/// The pool of child processes: carries out what `PoolState` decides.
///
/// The supervisor alone talks to the broker. A call goes to a child as an envelope, and comes back as an outcome.
package final class ProcessPool: WorkerPool {
    let time: any TimeSource
    let logger: Logger
    let worker: String
    let limits: ChildOptions
    /// Called for each child that died with tasks in it, or before it was ready.
    private let onLoss: (@Sendable (ChildLoss) async -> Void)?
    let reactor: ChildReactor
    let state: Guarded<PoolState>
    let outOfMemory = Guarded(OutOfMemory())
    private let opened = OneShot<PoolState.Opening>()
    private let closed = OneShot<Void>()
    private let lastRun = Atomic<UInt64>(0)
    private let looks = Atomic(0)
    let gatherer: FrameGatherer
    private let batches: BatchExecutor
    /// Another thread helps when more jobs than this wait. A job is short: it begins a run, or settles one.
    private static let crowd = 32
    /// Pauses, and states that tasks have set. Cancelled once no child is left, since nothing waits for them then.
    let errands = Errands()
    /// Calls of `onLoss`. Awaited before the pool has stopped.
    private let reports = Errands()

    /// - Parameters:
    ///   - worker: the worker's node name.
    ///   - count: how many children.
    ///   - perChild: the maximum number of runs at once in each child.
    ///   - deliveryLimit: a call is parked after this many losses that no task is to blame for.
    ///   - onLoss: called for each child that died with tasks in it, or before it was ready.
    package init(
        time: any TimeSource, logger: Logger, worker: String, count: Int, perChild: Int, limits: ChildOptions,
        deliveryLimit: Int, onLoss: (@Sendable (ChildLoss) async -> Void)?
    ) {
        self.time = time
        self.logger = logger
        self.worker = worker
        self.limits = limits
        self.onLoss = onLoss
        reactor = ChildReactor(ChildLaunch(limits))
        gatherer = FrameGatherer(reactor)
        batches = BatchExecutor(mostDrains: ProcessInfo.processInfo.activeProcessorCount, crowd: Self.crowd) {
            [gatherer] in gatherer.flush()
        }
        state = Guarded(PoolState(count: count, perChild: perChild, limits: limits, deliveryLimit: deliveryLimit))
    }

    /// Runs that begin together are written together, at the end of a batch of jobs.
    package var taskExecutor: (any TaskExecutor)? { batches }
    package var step: Int { state.withLock { $0.perChild } }
    package var tasksCanOutliveIt: Bool { false }

    package var description: PoolDescription {
        PoolDescription(
            implementation: "celeriac.worker:ProcessPool",
            processes: state.withLock { $0.members.values.map(\.child.pid).sorted() },
            maxTasksPerChild: limits.maxTasks
        )
    }

    // MARK: Life

    package func start() async throws {
        try ChildLaunch.checkProgram(CommandLine.arguments[0])
        do throws(ChildLaunch.Failure) {
            try reactor.start(self)
        } catch {
            throw CeleriacError(.invalidConfiguration, "child processes cannot be started: \(error)")
        }
        change { $0.staff() }
        do { try (await opened.value).check() } catch {
            await stop()
            throw error
        }
        errands.start { [weak self, time] in
            repeat { try await time.sleep(for: .milliseconds(100)) } while self?.look() != nil
        }
    }

    package func abandonStart() { change { $0.abandonStart() } }

    /// Ten times a second: finds children that hold too much memory, and those that cannot be reached; lets runs and
    /// frames go on that are held up behind a hook that blocks its thread.
    private func look() {
        batches.relieve()
        gatherer.flush()
        if let limit = limits.memoryLimit { killLargerThan(limit) }
        if looks.add(1, ordering: .relaxed).newValue % 10 == 0 { change { $0.touch() } }
    }

    package func stop() async {
        change { $0.stop() }
        after(.seconds(2)) { $0.killAll() }
        await closed.value
        errands.cancel()
        await errands.finish()
        await reports.finish()
        reactor.stop()
    }

    package func resize(toSlots slots: Int) {
        change { $0.resize(to: (slots + $0.perChild - 1) / $0.perChild) }
    }

    private func killLargerThan(_ limit: Int) {
        for child in state.withLock({ $0.members.values.map(\.child) }) {
            let size = child.residentBytes
            if size > limit { change { $0.kill(child.number, .memory(size), by: SIGKILL) } }
        }
    }

    // MARK: Runs

    package func run(_ run: Run, doing work: any RunWork) async -> RunEnd {
        let childRun = ChildRun(lastRun.add(1, ordering: .relaxed).newValue, run, work)
        begin(childRun)
        run.handle.observe { [weak self] reason in self?.cancel(childRun, because: reason) }
        var end = await childRun.value
        run.handle.forgetObserver()
        if case .crashed(let loss) = end.outcome { end.outcome = .crashed(await loss.symbolicated()) }
        return end
    }

    private func begin(_ run: ChildRun) {
        guard let (child, mustFlush) = state.withLock({ $0.begin(run) }) else { return change { $0.submit(run) } }
        begun(run, in: child)
        guard mustFlush else { return }
        gatherer.add(child)
        batches.finishBatch()
    }

    private func begun(_ run: ChildRun, in child: Child) {
        run.run.handle.run(in: child.pid)
        startTimers(of: run)
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
            after(min(.milliseconds(50 << min(attempt, 6)), .seconds(2))) { $0.launchAgain(isQuarantine: isQuarantine) }
        case .flush(let child): gatherer.flush(child)
        case .assigned(let run, let child): begun(run, in: child)
        case .resolve(let run, let outcome): run.resolve(RunEnd(outcome))
        case .ended(let run, let end): run.resolve(end)
        case .signal(let child, let signal): child.signal(signal)
        case .lost(let loss): report(loss)
        case .opened(let opening): opened.resolve(opening)
        case .closed: closed.resolve(())
        }
    }

    private func report(_ loss: ChildLoss) {
        var metadata: Logger.Metadata = ["worker": "\(worker)", "pid": "\(loss.pid)"]
        if !loss.tasks.isEmpty { metadata["tasks"] = "\(loss.tasks.map(\.rawValue).joined(separator: ","))" }
        logger.error("\(loss.text.onOneLine)", metadata: metadata)
        if let onLoss { reports.start { await onLoss(loss) } }
    }
}

extension PoolState.Opening {
    /// - Throws: the reason why the pool takes no work.
    fileprivate func check() throws {
        switch self {
        case .ready: return
        case .abandoned: throw CancellationError()
        case .impossible(let problem):
            throw CeleriacError(
                .invalidConfiguration,
                "no child process became ready: \(problem). A child is this program, started again with the same "
                    + "arguments; it must reach Worker.run() (see Worker.isChild)"
            )
        }
    }
}
