import CeleriacCore
import Dispatch
import Synchronization

/// Runs the jobs of Swift tasks on the threads of Swift's own pool, many jobs for each wake-up of a thread.
///
/// Swift's own executor wakes a thread for nearly each job that becomes ready, if jobs are as short as a frame.
///
/// ```
/// enqueue ---> waiting ---> a drain runs one after another ---> afterBatch ---> ends, if nothing waits
/// ```
package final class BatchExecutor: TaskExecutor {
    private let mostDrains: Int
    private let crowd: Int
    private let state = Guarded(State())
    private let afterBatch: @Sendable () -> Void

    /// A drain lets the other work of the pool go first after this number of jobs.
    private static let batch = 32

    /// - Parameters:
    ///   - mostDrains: how many threads it may hold at once.
    ///   - crowd: another drain starts when more jobs than this wait for each running one. Use 0 for jobs that may take
    ///     long.
    ///   - afterBatch: called by a drain each time that no job waits, and at the latest after 32 jobs.
    init(mostDrains: Int, crowd: Int, afterBatch: @escaping @Sendable () -> Void = {}) {
        self.mostDrains = mostDrains
        self.crowd = crowd
        self.afterBatch = afterBatch
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isNeeded = state.withLock { state in
            state.jobs.append(job)
            return state.addDrain(most: mostDrains, crowd: crowd)
        }
        if isNeeded { startDrain() }
    }

    /// Sees to it that `afterBatch` is called soon: at the end of the running batch, if there is one.
    func finishBatch() {
        let isNeeded = state.withLock { state in
            state.wantsFinish = true
            guard state.drains == 0 else { return false }
            state.drains = 1
            return true
        }
        if isNeeded { startDrain() }
    }

    /// Starts another drain if jobs wait although fewer than `mostDrains` run: one may be held by a job that blocks.
    func relieve() {
        if state.withLock({ $0.addDrain(most: mostDrains, crowd: 0) }) { startDrain() }
    }

    private func startDrain() { DispatchQueue.global().async { self.drain() } }

    private func drain() {
        repeat {
            var count = 0
            while count < Self.batch, let job = state.withLock({ $0.next() }) {
                job.runSynchronously(on: asUnownedTaskExecutor())
                count += 1
            }
            afterBatch()
            if count == Self.batch { return startDrain() }
        } while state.withLock { !$0.endDrain() }
    }
}

extension BatchExecutor {
    private struct State {
        var jobs = JobLine()
        /// The number of drains that run or are about to run.
        var drains = 0
        /// Whether `afterBatch` must be called before the last drain ends.
        var wantsFinish = false

        /// - Returns: whether the caller must start another drain.
        mutating func addDrain(most: Int, crowd: Int) -> Bool {
            guard drains < most, jobs.count > drains * crowd else { return false }
            drains += 1
            return true
        }

        /// The next job; `nil` if none waits, so that the batch is to be finished.
        mutating func next() -> UnownedJob? {
            guard let job = jobs.next() else {
                wantsFinish = false
                return nil
            }
            return job
        }

        /// - Returns: `false` if there is more to do, so that the drain must go on.
        mutating func endDrain() -> Bool {
            guard jobs.count == 0, !wantsFinish else { return false }
            drains -= 1
            return true
        }
    }

    /// Jobs in the order in which they became ready.
    private struct JobLine {
        private var jobs: [UnownedJob] = []
        private var head = 0

        var count: Int { jobs.count - head }

        mutating func append(_ job: UnownedJob) { jobs.append(job) }

        mutating func next() -> UnownedJob? {
            guard head < jobs.count else { return nil }
            let job = jobs[head]
            head += 1
            if head == jobs.count || head > 256 && 2 * head > jobs.count {
                jobs.removeFirst(head)
                head = 0
            }
            return job
        }
    }
}
