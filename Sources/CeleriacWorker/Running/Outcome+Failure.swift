import CeleriacPool

extension TaskApp {
    /// The outcome as it is recorded: a time limit in the broker's wording, and a traceback for every failure.
    ///
    /// - Parameter name: the task's name, whether or not such a task exists.
    func told(_ outcome: Outcome, of name: TaskName) -> Outcome {
        switch outcome {
        case .failure(let failure, let reaction): .failure(told(failure, of: name), reaction)
        case .retry(let failure, let pause): .retry(told(failure, of: name), pause: pause)
        case .rejected(let failure): .rejected(told(failure, of: name))
        case .discarded(let failure): .discarded(told(failure, of: name))
        case .crashed(let loss): .crashed(loss.changed { told($0, of: name) })
        case .success, .snooze, .replaced, .revoked, .postponed, .interrupted, .leaseLost: outcome
        }
    }

    private func told(_ failure: TaskFailure, of name: TaskName) -> TaskFailure {
        let (failure, task) = (inBrokersWords(failure), registry[name])
        let file = task?.place?.file ?? "<\(task?.origin ?? "no such task")>"
        return failure.traced(to: name, file: file, line: task?.place?.line ?? 0)
    }

    private func inBrokersWords(_ failure: TaskFailure) -> TaskFailure {
        guard let limit = failure.exceededLimit, let jobs = backend.jobs else { return failure }
        return jobs.failure(ofExceeding: limit)
    }
}

extension TaskFailure {
    /// The time limit that the call exceeded; `nil` if it did not fail with ``TimeLimitExceeded``.
    fileprivate var exceededLimit: Duration? {
        guard type == TimeLimitExceeded.name, module == TimeLimitExceeded.module else { return nil }
        return arguments.first?.doubleValue.flatMap { (0...1e12).contains($0) ? .seconds($0) : nil }
    }
}
