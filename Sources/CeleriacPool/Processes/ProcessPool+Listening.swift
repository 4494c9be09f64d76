#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacCore
import Logging
import Synchronization

/// How the pool reacts to the reactor's reports about the children.
extension ProcessPool: ChildReactor.Listener {
    func launched(_ child: Child) {
        child.writer.append(Frame.setup(Frame.Setup(worker: worker, measuresMemory: limits.maxMemory != nil)))
        child.writer.flush()
        change { $0.launched(child) }
    }

    func launchFailed(_ number: Int, isQuarantine: Bool, _ failure: ChildLaunch.Failure) {
        logger.error("no child process", metadata: ["worker": "\(worker)", "error": "\(failure)"])
        change { $0.launchFailed(number, isQuarantine: isQuarantine, "\(failure)") }
    }

    func ended(_ outcomes: [ChildOutcome], in child: Child) { change { $0.end(outcomes, in: child) } }

    func received(_ frame: Frame, from child: Child) throws(Frame.Violation) {
        switch frame.kind {
        case .progress: record(try frame.progress(), of: child)
        case .hello:
            try frame.checkVersion()
            change { $0.ready(child) }
        case .outcome, .setup, .job, .cancel, .noted, .retire, .touch:
            throw Frame.Violation(description: "a frame that only the worker sends")
        }
    }

    /// Records a state that a task has set: only this process talks to the result backend.
    private func record(_ progress: Frame.Progress, of child: Child) {
        guard let run = state.withLock({ $0.members[child.number]?.running[progress.number] }) else { return }
        errands.start { [gatherer] in
            var problem: String?
            do { try await run.work.record(progress.state, progress.meta) } catch { problem = "\(error)" }
            child.writer.append(Frame.noted(progress.ticket, problem: problem))
            gatherer.flush(child)
        }
    }

    func broke(_ child: Child, _ violation: Frame.Violation?) {
        if let violation {
            return change { $0.kill(child.number, .violation(violation.description), by: SIGKILL) }
        }
        // A dying child closes its channel too, a moment before its end is seen.
        after(.milliseconds(500)) { $0.kill(child.number, .silence, by: SIGKILL) }
    }

    func ended(_ child: Child, _ end: ChildEnd) {
        let isOutOfMemory = end.signal == SIGKILL && outOfMemory.withLock { $0.hasStruck() }
        change { $0.died(child, end, isOutOfMemory: isOutOfMemory) }
    }
}
