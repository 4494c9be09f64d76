import CeleriacPool
import Dispatch
import Synchronization

/// Runs each task on a thread of its own, so that a task that blocks its thread or keeps it busy delays no other task.
///
/// A job that arrives while no thread is idle gets a new thread at once, so that tasks may wait for each other. A
/// thread that has found no work for a while ends. At the bound, jobs queue in the order in which they arrived. Tasks
/// that wait for each other could then wait forever, so the bound lies far above any sensible concurrency.
final class BlockingExecutor: TaskExecutor {
    /// Runs the tasks with `execution: .blocking` of every pool: threads belong to the process.
    static let shared = BlockingExecutor()

    /// A thread without work, and the means to wake it.
    private final class Idler: Sendable {
        let wake = DispatchSemaphore(value: 0)
        let job = Guarded<UnownedJob?>(nil)
    }

    private struct State {
        var threads = 0
        /// The thread that worked last is at the end and is taken first: its caches are warm, and others can time out.
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
    ///   - bound: the maximum number of threads. Default 512.
    ///   - idleTime: how long a thread waits for the next job. Default 10 s.
    init(bound: Int = 512, idleTime: DispatchTimeInterval = .seconds(10)) {
        self.bound = max(1, bound)
        self.idleTime = idleTime
    }

    /// The number of threads, busy and idle.
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

    /// If the system has no thread left, the job runs on a Dispatch thread, so that it is late but not lost.
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

    /// - Returns: `nil` if the thread must end; it is no longer counted then.
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

    /// - Returns: whether the idler has left the list. If not, another thread has just chosen it, and its job is there
    ///   or about to arrive.
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
