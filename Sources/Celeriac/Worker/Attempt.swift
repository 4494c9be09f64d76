#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool

/// One delivery while this worker has it: what the lease keeper renews, and what can be cancelled.
///
/// Copies share one handle, and so are the same attempt.
struct Attempt: Sendable {
    let delivery: Delivery
    let claimedAt: Date
    /// Whether the call has ended before, so that this delivery is only to be acknowledged.
    let isRepeated: Bool
    /// What changes while it runs, and what its pool sees of it.
    let handle = RunHandle()

    init(_ delivery: Delivery, claimedAt: Date, isRepeated: Bool = false) {
        self.delivery = delivery
        self.claimedAt = claimedAt
        self.isRepeated = isRepeated
    }

    var cancelReason: CancelReason? { handle.cancelReason }
    /// When its task was started; `nil` before.
    var startedAt: Date? { handle.startedAt }
    /// Whether it was acknowledged before it ran.
    var isAcknowledged: Bool { handle.isAcknowledged }
    var acknowledgement: RunHandle.Acknowledgement {
        get { handle.acknowledgement }
        nonmutating set { handle.acknowledgement = newValue }
    }
    /// The signal that whoever had it terminated asked for.
    var signal: Signal? { handle.signal }
    /// The process that it runs in, where that is a child of the worker.
    var pid: Int32? { handle.pid }

    func start(at now: Date) { handle.start(at: now) }

    /// Ties the attempt to the task that runs it, which is cancelled if the attempt already was.
    func run(in task: Task<Void, Never>) { handle.run(in: task) }

    func cancel(because reason: CancelReason, by signal: Signal? = nil) { handle.cancel(because: reason, by: signal) }

    /// Calls `observer` at each cancellation, and at once for one that came before, until ``forgetObserver()``. For one
    /// observer.
    func observe(_ observer: @escaping @Sendable (CancelReason) -> Void) { handle.observe(observer) }

    func forgetObserver() { handle.forgetObserver() }
}
