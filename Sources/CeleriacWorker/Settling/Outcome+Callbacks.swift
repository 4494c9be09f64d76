import CeleriacPool

/// Combines the outcomes of a call and of its callbacks. Pure.
extension Outcome {
    /// The failure of the attempt; `nil` if it has not failed. An attempt that is given back, postponed or must not run
    /// has not failed. Neither has a task whose process was killed from outside: it runs again.
    var failureOfAttempt: TaskFailure? {
        switch self {
        case .failure(let failure, _), .rejected(let failure), .discarded(let failure): failure
        case .crashed(let loss): loss.isBlamed ? loss.failure : nil
        case .success, .retry, .snooze, .replaced, .revoked, .postponed, .interrupted, .leaseLost: nil
        }
    }

    /// The outcome of a call that has succeeded, after its success callback has ended.
    func following(success end: Outcome) -> Outcome {
        switch end {
        case .success: self
        case .failure, .crashed, .interrupted, .leaseLost, .revoked: end
        case .rejected(let failure): .failure(failure, .deadLetter)
        case .discarded(let failure): .failure(failure, .discard)
        case .retry(let failure, _): .failure(failure, .retry)
        case .snooze, .postponed, .replaced: .failure(.callbackWithoutEnd, .retry)
        }
    }

    /// The outcome of a call that has failed, after its failure callback has ended.
    func following(failure end: Outcome) -> Outcome {
        switch end {
        case .success: self
        case .interrupted, .leaseLost, .revoked: end
        case .failure(let failure, _), .rejected(let failure), .discarded(let failure), .retry(let failure, _):
            replacingFailure(with: failure)
        case .crashed(let loss): replacingFailure(with: loss.failure)
        case .snooze, .postponed, .replaced: replacingFailure(with: .callbackWithoutEnd)
        }
    }

    /// The same outcome with another failure. A crash remains a crash, because crashes are counted.
    private func replacingFailure(with failure: TaskFailure) -> Outcome {
        switch self {
        case .failure(_, let reaction): .failure(failure, reaction)
        case .rejected: .rejected(failure)
        case .discarded: .discarded(failure)
        case .success, .retry, .snooze, .replaced, .revoked, .postponed, .crashed, .interrupted, .leaseLost: self
        }
    }

    /// The outcome as the log names it, without any text of the task.
    var word: String {
        switch self {
        case .success: "success"
        case .failure(let failure, _), .rejected(let failure), .discarded(let failure), .retry(let failure, _):
            failure.type
        case .crashed(let loss): loss.failure.type
        case .snooze, .postponed, .replaced: TaskFailure.callbackWithoutEnd.type
        case .revoked: "terminated"
        case .interrupted: "interrupted"
        case .leaseLost: "lease lost"
        }
    }
}
