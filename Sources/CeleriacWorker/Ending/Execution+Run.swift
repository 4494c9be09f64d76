import CeleriacPool
import Synchronization

extension WorkerPool {
    /// Runs one task to its end, and records in its context what it leaves behind.
    func run(_ run: TaskRun) async -> Execution { run.execution(at: await self.run(run.run, doing: run)) }
}

extension TaskRun {
    /// The execution that ends with this outcome.
    func execution(_ outcome: Outcome) -> Execution {
        Execution(outcome: outcome, context: context, task: task, embed: embed)
    }

    fileprivate func execution(at end: RunEnd) -> Execution {
        if !end.children.isEmpty { context.add(end.children) }
        if !end.additions.isEmpty { context.additions.withLock { $0 = end.additions } }
        return execution(end.outcome)
    }
}

extension TaskApp {
    /// The execution with its outcome as it is recorded.
    ///
    /// - Parameter name: the task's name, whether or not such a task exists.
    func told(_ execution: Execution, of name: TaskName) -> Execution {
        switch execution.outcome {
        case .failure, .retry, .rejected, .discarded, .crashed:
            execution.with(told(execution.outcome, of: name))
        case .success, .snooze, .replaced, .revoked, .postponed, .interrupted, .leaseLost: execution
        }
    }
}
