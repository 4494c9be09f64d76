#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import CeleriacCore
import Synchronization

/// What a worker and its pool share of one run: what is known of it by now, and what stops it.
package final class RunHandle: Sendable {
    /// How far a delivery is that is acknowledged before it runs.
    package enum Acknowledgement: Sendable { case none, asked, confirmed }

    private struct State {
        var task: Task<Void, Never>?
        var reason: CancelReason?
        var startedAt: Date?
        var acknowledgement = Acknowledgement.none
        var signal: Signal?
        var pid: Int32?
        var observer: (@Sendable (CancelReason) -> Void)?
    }

    private let state = Guarded(State())

    package init() {}

    package var cancelReason: CancelReason? { state.withLock { $0.reason } }
    /// When its task was started; `nil` before.
    package var startedAt: Date? { state.withLock { $0.startedAt } }
    /// Whether its delivery was acknowledged before it ran: it must not run a second time.
    package var isAcknowledged: Bool { acknowledgement == .confirmed }
    package var acknowledgement: Acknowledgement {
        get { state.withLock { $0.acknowledgement } }
        set { state.withLock { $0.acknowledgement = newValue } }
    }
    /// The signal that whoever had it terminated asked for.
    package var signal: Signal? { state.withLock { $0.signal } }
    /// The process that it runs in, where that is a child of the worker.
    package var pid: Int32? { state.withLock { $0.pid } }

    package func start(at now: Date) { state.withLock { $0.startedAt = now } }
    func run(in process: Int32) { state.withLock { $0.pid = process } }

    /// Ties the run to the task that carries it, which is cancelled if the run already was.
    package func run(in task: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            state.task = task
            return state.reason != nil
        }
        if isCancelled { task.cancel() }
    }

    // MARK: Stopping it

    /// The first reason stands, with two exceptions: a lost lease overrides all, and a run that is revoked or killed loses
    /// the grace of its soft time limit.
    package func cancel(because reason: CancelReason, by signal: Signal? = nil) {
        let (task, observer) = state.withLock { state in
            state.signal = state.signal ?? signal
            let isHarder = state.reason == .softTimeLimit && (reason == .revoked || reason == .killed)
            if state.reason == nil || reason == .leaseLost || isHarder { state.reason = reason }
            return (state.task, state.observer)
        }
        task?.cancel()
        observer?(reason)
    }

    /// Calls `observer` at each cancellation, and at once for one that came before, until ``forgetObserver()``. For one
    /// observer.
    package func observe(_ observer: @escaping @Sendable (CancelReason) -> Void) {
        let reason = state.withLock { state in
            state.observer = observer
            return state.reason
        }
        if let reason { observer(reason) }
    }

    /// An observer that holds on to the run would keep both forever.
    package func forgetObserver() { state.withLock { $0.observer = nil } }
}
