#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool

/// One delivery while this worker holds it: the lease keeper renews it, and it can be cancelled.
final class Attempt: Sendable {
    let delivery: Delivery
    let claimedAt: Date
    /// Whether the call has already ended, so that this delivery only needs to be acknowledged.
    let isRepeated: Bool
    /// The changing state of the run, shared with its pool.
    let handle = RunHandle()

    init(_ delivery: Delivery, claimedAt: Date, isRepeated: Bool = false) {
        self.delivery = delivery
        self.claimedAt = claimedAt
        self.isRepeated = isRepeated
    }

    var cancelReason: CancelReason? { handle.cancelReason }
    /// When its task was started; `nil` before.
    var startedAt: Date? { handle.startedAt }
    /// How long its task has run; `nil` if it was not started. Not negative, since a clock may be set back.
    func runtime(until now: Date) -> Duration? {
        startedAt.map { Duration.bounded(seconds: max(0, now.timeIntervalSince($0))) }
    }
    /// Whether it was acknowledged before it ran.
    var isAcknowledged: Bool { handle.isAcknowledged }
    var acknowledgement: RunHandle.Acknowledgement {
        get { handle.acknowledgement }
        set { handle.acknowledgement = newValue }
    }
    /// The signal that the sender of the terminate command asked for.
    var signal: Signal? { handle.signal }
    /// The child process that it runs in; `nil` if it runs in the worker's own process.
    var pid: Int32? { handle.pid }

    func start(at now: Date) { handle.start(at: now) }

    /// Ties the attempt to the task that runs it. If the attempt was already cancelled, the task is cancelled at once.
    func run(in task: Task<Void, Never>) { handle.run(in: task) }

    /// Lets go of the task that runs it, which is about to end.
    func forgetTask() { handle.forgetTask() }

    func cancel(because reason: CancelReason, by signal: Signal? = nil) { handle.cancel(because: reason, by: signal) }

    /// Calls `observer` at each cancellation until ``forgetObserver()``, and at once if the attempt was already
    /// cancelled. Holds one observer only.
    func observe(_ observer: @escaping @Sendable (CancelReason) -> Void) { handle.observe(observer) }

    func forgetObserver() { handle.forgetObserver() }
}
