import CeleriacCore
import Synchronization

/// A run in a pool of children, and its end.
final class ChildRun: Sendable {
    let number: UInt64
    let run: Run
    let work: any RunWork
    private let state = Guarded(State())

    private struct State {
        var end: RunEnd?
        var waiter: UnsafeContinuation<RunEnd, Never>?
        var timer: Task<Void, any Error>?
    }

    init(_ number: UInt64, _ run: Run, _ work: any RunWork) {
        self.number = number
        self.run = run
        self.work = work
    }

    /// The call as its child gets it.
    var job: ChildJob { ChildJob(number: number, run: run) }

    /// Suspends until it is resolved. For one caller.
    var value: RunEnd {
        get async {
            // Unsafe, since a checked one costs an allocation for each run. It is resumed once: by `await`, or by
            // `resolve`, which takes it out under the lock. Each run is resolved, at the latest when its child dies.
            await withUnsafeContinuation { waiter in
                let end: RunEnd? = state.withLock { state in
                    if state.end == nil { state.waiter = waiter }
                    return state.end
                }
                if let end { waiter.resume(returning: end) }
            }
        }
    }

    /// Keeps the timer of its time limits. Cancels and replaces the timer of an earlier start; a run that has ended needs
    /// none.
    func keep(_ timer: Task<Void, any Error>) {
        let unneeded = state.withLock { state in
            guard state.end == nil else { return Optional(timer) }
            defer { state.timer = timer }
            return state.timer
        }
        unneeded?.cancel()
    }

    /// Sets how it ended. The first end is kept.
    func resolve(_ end: RunEnd) {
        let (waiter, timer) = state.withLock { state in
            if state.end == nil { state.end = end }
            return (state.waiter.take(), state.timer.take())
        }
        timer?.cancel()
        waiter?.resume(returning: end)
    }

    /// The outcome of a run that was stopped before it reached a child, or whose child was killed for another run.
    var outcomeOfBeingStopped: Outcome {
        if let reason = run.handle.cancelReason { return work.outcome(ofBeingStopped: reason) }
        return .interrupted
    }
}
