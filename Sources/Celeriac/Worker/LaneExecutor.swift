import Dispatch

/// Runs tasks on a queue of its own, one at a time, off Swift's cooperative pool.
///
/// What must go on while every pool thread is held by user code (lease renewal, heartbeats, settling) runs here.
package final class LaneExecutor: TaskExecutor {
    private let queue: DispatchQueue

    package init(label: String) {
        queue = DispatchQueue(label: label, qos: .userInitiated)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
