#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// One delivery while this worker has it: what the lease keeper renews, and what can be cancelled.
final class Attempt: Sendable {
    /// Why an attempt was told to stop. The first reason stands, except that a lost lease overrides all, and that who is
    /// terminated or killed has no use for the grace of its soft time limit.
    enum CancelReason: Sendable {
        case softTimeLimit, revoked, shutdown, leaseLost
        /// Somebody has all ended that runs on this worker now.
        case killed
    }

    private struct State {
        var task: Task<Void, Never>?
        var reason: CancelReason?
        var startedAt: Date?
        var isAcknowledged = false
        var signal: Signal?
        var pid: Int32?
        var observer: (@Sendable (CancelReason) -> Void)?
    }

    let delivery: Delivery
    let claimedAt: Date
    /// Whether the call has ended before, so that this delivery is only to be acknowledged.
    let isRepeated: Bool
    private let state = Guarded(State())

    init(_ delivery: Delivery, claimedAt: Date, isRepeated: Bool = false) {
        self.delivery = delivery
        self.claimedAt = claimedAt
        self.isRepeated = isRepeated
    }

    var cancelReason: CancelReason? { state.withLock { $0.reason } }
    /// When its task was started; `nil` before.
    var startedAt: Date? { state.withLock { $0.startedAt } }
    /// Whether it was acknowledged before it ran.
    var isAcknowledged: Bool { state.withLock { $0.isAcknowledged } }
    /// By which signal somebody had it terminated, if they said.
    var signal: Signal? { state.withLock { $0.signal } }

    /// The process that it runs in, where that is a child of the worker.
    var pid: Int32? { state.withLock { $0.pid } }

    func run(in process: Int32) { state.withLock { $0.pid = process } }

    /// Tells of each cancellation, the one that came before included, until ``forgetObserver()``. For one observer.
    func observe(_ observer: @escaping @Sendable (CancelReason) -> Void) {
        let reason = state.withLock { state in
            state.observer = observer
            return state.reason
        }
        if let reason { observer(reason) }
    }

    /// An observer that holds on to the attempt would keep both for ever.
    func forgetObserver() { state.withLock { $0.observer = nil } }

    func start(at now: Date) { state.withLock { $0.startedAt = now } }
    func acknowledge() { state.withLock { $0.isAcknowledged = true } }

    /// Ties the attempt to the task that runs it, which is cancelled if the attempt was already.
    func run(in task: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            state.task = task
            return state.reason != nil
        }
        if isCancelled { task.cancel() }
    }

    func cancel(because reason: CancelReason, by signal: Signal? = nil) {
        let (task, observer) = state.withLock { state in
            state.signal = state.signal ?? signal
            let isHarder = state.reason == .softTimeLimit && (reason == .revoked || reason == .killed)
            if state.reason == nil || reason == .leaseLost || isHarder { state.reason = reason }
            return (state.task, state.observer)
        }
        task?.cancel()
        observer?(reason)
    }
}
