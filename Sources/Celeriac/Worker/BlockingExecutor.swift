import CeleriacPool
import Dispatch
import Synchronization

/// Runs tasks on threads of its own, as many as there are tasks: what blocks its thread, or keeps it busy, holds up nobody.
///
/// A job that comes while no thread is idle gets a new one at once, so that tasks may wait for each other. A thread that
/// found nothing to do for a while ends. At the bound jobs queue, in the order in which they came; tasks that wait for
/// each other could then wait for ever, so it lies far above any sensible concurrency.
final class BlockingExecutor: TaskExecutor {
    /// Where tasks with `execution: .blocking` run, in every pool: threads are the process's.
    static let shared = BlockingExecutor()

    /// A thread without work, and how it is woken.
    private final class Idler: Sendable {
        let wake = DispatchSemaphore(value: 0)
        let job = Guarded<UnownedJob?>(nil)
    }

    private struct State {
        var threads = 0
        /// The one that worked last is the last: its caches are warm, and the others come to their end.
        var idle: [Idler] = []
        var queue: [UnownedJob] = []
    }

    private enum Step {
        case wake(Idler), start, queued
    }

    private let state = Guarded(State())
    private let bound: Int
    private let idleTime: DispatchTimeInterval

    /// - Parameters:
    ///   - bound: most threads. Default 512.
    ///   - idleTime: how long a thread waits for the next job. Default 10 s.
    init(bound: Int = 512, idleTime: DispatchTimeInterval = .seconds(10)) {
        self.bound = max(1, bound)
        self.idleTime = idleTime
    }

    /// How many there are, busy and idle.
    var threads: Int { state.withLock { $0.threads } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let step = state.withLock { state -> Step in
            if let idler = state.idle.popLast() { return .wake(idler) }
            if state.threads < bound {
                state.threads += 1
                return .start
            }
            state.queue.append(job)
            return .queued
        }
        switch step {
        case .wake(let idler):
            idler.job.withLock { $0 = job }
            idler.wake.signal()
        case .start: start(with: job)
        case .queued: break
        }
    }

    /// Where the system has no thread left the job runs on Dispatch's: late, but not never.
    private func start(with job: UnownedJob) {
        let isStarted = NamedThread.start("celeriac.block") { self.work(from: job) }
        guard !isStarted else { return }
        state.withLock { $0.threads -= 1 }
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// The life of one thread.
    private func work(from first: UnownedJob) {
        let idler = Idler()
        var next: UnownedJob? = first
        while let job = next {
            job.runSynchronously(on: asUnownedTaskExecutor())
            next = nextJob(idler)
        }
    }

    /// - Returns: `nil` where the thread is to end; it is not counted any more then.
    private func nextJob(_ idler: Idler) -> UnownedJob? {
        let queued = state.withLock { state -> UnownedJob? in
            guard state.queue.isEmpty else { return state.queue.removeFirst() }
            state.idle.append(idler)
            return nil
        }
        if let queued { return queued }
        if idler.wake.wait(timeout: .now() + idleTime) == .timedOut, leave(idler) { return nil }
        return idler.job.withLock { $0.take() }
    }

    /// - Returns: whether it has left. If not, somebody has just chosen it, and its job is there or about to be.
    private func leave(_ idler: Idler) -> Bool {
        let hasLeft = state.withLock { state -> Bool in
            guard let index = state.idle.firstIndex(where: { $0 === idler }) else { return false }
            state.idle.remove(at: index)
            state.threads -= 1
            return true
        }
        if !hasLeft { idler.wake.wait() }
        return hasLeft
    }
}
