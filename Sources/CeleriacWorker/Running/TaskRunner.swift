import CeleriacPool

/// Runs a task in this process and makes an outcome of its end: the only place where a thrown error becomes an outcome.
struct TaskRunner: Sendable {
    let app: TaskApp

    func end(of run: TaskRun) async -> RunEnd {
        let result: Result<[UInt8], any Error>
        do {
            result = .success(
                try await CurrentSender.$value.withValue(run.context) { try await self.result(of: run) })
        } catch {
            result = .failure(error)
        }
        return RunEnd(outcome(of: run, ending: result))
    }

    /// Not asynchronous: a function that suspends would reserve room for the outcome while its task runs.
    private func outcome(of run: TaskRun, ending result: Result<[UInt8], any Error>) -> Outcome {
        switch result {
        case .success(let result): outcome(of: run.handle, returning: result, run.task)
        case .failure(let error): outcome(of: run.handle, throwing: error, run.task)
        }
    }

    private func result(of run: TaskRun) async throws -> [UInt8] {
        let (task, arguments, context) = (run.task, run.arguments, run.context)
        guard !app.options.middleware.isEmpty else { return try await task.run(arguments, context) }
        let middleware = app.registry.middleware
        let next = RunNext(context: context, rest: middleware[...]) { try await task.run(arguments, context) }
        return try await next()
    }

    private func outcome(of handle: RunHandle, returning result: [UInt8], _ task: AnyTask) -> Outcome {
        switch handle.cancelReason {
        case .leaseLost, .revoked, .killed: return task.outcome(ofBeingStopped: handle.cancelReason ?? .killed)
        case .shutdown, .softTimeLimit, nil: break
        }
        let limit = app.options.limits.resultBytes
        guard result.count <= limit else {
            return .discarded(
                TaskFailure(
                    type: "ResultTooLarge", module: "Celeriac",
                    message:
                        "the result has \(result.count) bytes as JSON; at most \(limit) are allowed. Store it elsewhere and return "
                        + "its address"
                )
            )
        }
        return .success(result)
    }

    private func outcome(of handle: RunHandle, throwing error: any Error, _ task: AnyTask) -> Outcome {
        if let reason = handle.cancelReason { return task.outcome(ofBeingStopped: reason) }
        if let directive = error as? TaskDirective { return outcome(of: directive) }
        if let error = error as? CeleriacError, error.code == .invalidArguments {
            return .rejected(.unfit(error.wholeMessage))
        }
        return .failure(TaskFailure(error), task.options.retry.reaction(to: error))
    }

    private func outcome(of directive: TaskDirective) -> Outcome {
        switch directive.kind {
        case .retry(let pause, let error):
            return .retry(error.map(TaskFailure.init) ?? .retry, pause: pause)
        case .snooze(let pause): return .snooze(pause)
        case .reject(let reason): return .rejected(.rejected(reason))
        case .discard(let reason): return .discarded(TaskFailure(type: "Discard", module: "Celeriac", message: reason))
        case .replace(let canvas): return .replaced(by: canvas)
        case .missingContainer(let type): return .rejected(.missingContainer(type))
        }
    }
}

extension AnyTask {
    /// The outcome of an attempt that was stopped before its end.
    func outcome(ofBeingStopped reason: CancelReason) -> Outcome {
        switch reason {
        case .leaseLost: return .leaseLost
        case .revoked: return .revoked(.terminated)
        case .shutdown: return .interrupted
        case .killed: return .failure(.killed, .retry)
        case .softTimeLimit:
            let limit = SoftTimeLimitExceeded()
            return .failure(TaskFailure(limit), options.retry.reaction(to: limit))
        }
    }

    /// The outcome of an attempt that was still running at its hard time limit.
    func outcome(ofExceeding limit: Duration) -> Outcome {
        let error = TimeLimitExceeded(limit: limit)
        return .failure(TaskFailure(error), options.retry.reaction(to: error))
    }
}

extension CeleriacError {
    /// The error's message, and those of its underlying errors.
    var wholeMessage: String { underlying.map { "\(message): \($0)" } ?? message }
}
