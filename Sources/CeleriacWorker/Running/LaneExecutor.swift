import Dispatch

/// Runs tasks one at a time on a queue of its own, outside of Swift's cooperative pool.
///
/// Work that must go on while user code holds every pool thread (lease renewal, heartbeats, settling) runs here.
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
