import CeleriacPool
import Synchronization

/// The rate and time limits of tasks, as remote control has changed them on this worker. A limit that it has not
/// changed is the task's own. The changes end with the worker.
final class LiveLimits: Sendable {
    typealias Times = TimeLimits

    private struct State {
        var rates: [TaskName: RateLimit?] = [:]
        var times: [TaskName: Times] = [:]
    }

    private let state = Guarded(State())
    /// Checked at each start, so that the lock is almost never needed.
    private let isTouched = Atomic(false)

    func rate(of task: AnyTask) -> RateLimit? {
        guard isTouched.load(ordering: .acquiring) else { return task.options.rateLimit }
        return state.withLock { $0.rates[task.name] ?? task.options.rateLimit }
    }

    /// The limits of one call: its caller's, otherwise the task's.
    ///
    /// A sender that knows the task writes the task's own limits into the message. Those are not the caller's, so
    /// changed limits override them.
    func times(of task: AnyTask, for envelope: Envelope) -> Times {
        let own = Times(soft: task.options.softTimeLimit, hard: task.options.timeLimit)
        let asked = Times(soft: envelope.softTimeLimit, hard: envelope.timeLimit)
        guard isTouched.load(ordering: .acquiring), let changed = state.withLock({ $0.times[task.name] }) else {
            return Times(soft: asked.soft ?? own.soft, hard: asked.hard ?? own.hard)
        }
        return Times(
            soft: asked.soft == own.soft ? changed.soft : asked.soft ?? changed.soft,
            hard: asked.hard == own.hard ? changed.hard : asked.hard ?? changed.hard
        )
    }

    /// The limits of calls whose sender gives none.
    func ownTimes(of task: AnyTask) -> Times {
        state.withLock { $0.times[task.name] }
            ?? Times(soft: task.options.softTimeLimit, hard: task.options.timeLimit)
    }

    /// - Parameter limit: `nil` removes the limit from now on. Counted over the same calls as the task's own limit.
    func setRate(_ limit: RateLimit?, of task: AnyTask) {
        let limit = limit?.counted(task.options.rateLimit?.scope ?? .worker)
        state.withLock { $0.rates[task.name] = .some(limit) }
        isTouched.store(true, ordering: .releasing)
    }

    func setTimes(_ times: Times, of task: AnyTask) {
        state.withLock { $0.times[task.name] = times }
        isTouched.store(true, ordering: .releasing)
    }
}
