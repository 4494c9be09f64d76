#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// One delivery while this worker has it: what the lease keeper renews, and what can be cancelled.
final class Attempt: Sendable {
    /// Why an attempt was told to stop. The first reason stands, except that a lost lease overrides all.
    enum CancelReason: Sendable {
        case softTimeLimit, revoked, shutdown, leaseLost
    }

    private struct State {
        var task: Task<Void, Never>?
        var reason: CancelReason?
    }

    let delivery: Delivery
    let claimedAt: Date
    private let state = Guarded(State())

    init(_ delivery: Delivery, claimedAt: Date) {
        self.delivery = delivery
        self.claimedAt = claimedAt
    }

    var cancelReason: CancelReason? { state.withLock { $0.reason } }

    /// Ties the attempt to the task that runs it, which is cancelled if the attempt was already.
    func run(in task: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            state.task = task
            return state.reason != nil
        }
        if isCancelled { task.cancel() }
    }

    func cancel(because reason: CancelReason) {
        let task = state.withLock { state in
            if state.reason == nil || reason == .leaseLost { state.reason = reason }
            return state.task
        }
        task?.cancel()
    }
}
