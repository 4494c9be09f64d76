#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import CeleriacCore
import Synchronization

/// The state that a worker and its pool share about one run: its progress so far, and the means to stop it.
package final class RunHandle: Sendable {
    /// The acknowledgement of a delivery that is acknowledged before it runs.
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
    /// The signal that the sender of the terminate command asked for.
    package var signal: Signal? { state.withLock { $0.signal } }
    /// The child process that it runs in; `nil` if it runs in the worker's own process.
    package var pid: Int32? { state.withLock { $0.pid } }

    package func start(at now: Date) { state.withLock { $0.startedAt = now } }
    func run(in process: Int32) { state.withLock { $0.pid = process } }

    /// Ties the run to the task that carries it. If the run was already cancelled, the task is cancelled at once.
    package func run(in task: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            state.task = task
            return state.reason != nil
        }
        if isCancelled { task.cancel() }
    }

    /// Lets go of the task that carries the run: it is about to end. Its memory is then freed by the thread that has
    /// allocated it, and not later by another, for which it would have to wait.
    package func forgetTask() {
        let task = state.withLock { $0.task.take() }
        // Freed outside of the lock.
        _ = consume task
    }

    // MARK: Stopping it

    /// Cancels the run. The first reason is kept, with two exceptions: a lost lease overrides every reason, and a run
    /// that is revoked or killed loses the grace of its soft time limit.
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

    /// Calls `observer` at each cancellation until ``forgetObserver()``, and at once if the run was already cancelled.
    /// Holds one observer only.
    package func observe(_ observer: @escaping @Sendable (CancelReason) -> Void) {
        let reason = state.withLock { state in
            state.observer = observer
            return state.reason
        }
        if let reason { observer(reason) }
    }

    /// Releases the observer: one that holds on to the run would keep both alive forever.
    package func forgetObserver() { state.withLock { $0.observer = nil } }
}
