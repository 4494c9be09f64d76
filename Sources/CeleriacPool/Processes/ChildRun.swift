import CeleriacCore
import Synchronization

/// A run in a pool of children: the frame that starts it, and its end.
final class ChildRun: Sendable {
    let number: UInt64
    let run: Run
    let work: any RunWork
    /// The frame that starts it.
    let frame: [UInt8]
    private let end = OneShotPlace<RunEnd>()
    private let timer = Guarded<Task<Void, any Error>?>(nil)

    init(_ number: UInt64, _ run: Run, _ work: any RunWork) {
        self.number = number
        self.run = run
        self.work = work
        frame = Frame.job(ChildJob(number: number, run: run))
    }

    /// Suspends until it is resolved. For one caller.
    var value: RunEnd {
        get async { await end.value }
    }

    /// Keeps the timer of its time limits. Cancels and replaces the timer of an earlier start.
    func keep(_ timer: Task<Void, any Error>) {
        self.timer.withLock { current in
            current?.cancel()
            current = timer
        }
    }

    func resolve(_ end: RunEnd) {
        timer.withLock { $0.take() }?.cancel()
        self.end.resolve(end)
    }

    /// The outcome of a run that was stopped before it reached a child, or whose child was killed for another run.
    var outcomeOfBeingStopped: Outcome {
        if let reason = run.handle.cancelReason { return work.outcome(ofBeingStopped: reason) }
        return .interrupted
    }
}
