import CeleriacPool

/// Outcomes of a call and of its callbacks, put together. Pure.
extension Outcome {
    /// Why the attempt has failed, if it has. What is given back, asked to run later or must not run has not; neither has
    /// what was killed from outside with its process, which is run again.
    var failureOfAttempt: TaskFailure? {
        switch self {
        case .failure(let failure, _), .rejected(let failure), .discarded(let failure): failure
        case .crashed(let loss): loss.isBlamed ? loss.failure : nil
        case .success, .retry, .snooze, .replaced, .revoked, .postponed, .interrupted, .leaseLost: nil
        }
    }

    /// What a call comes to that has succeeded, by the end of its success callback.
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

    /// What a call comes to that has failed, by the end of its failure callback.
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

    /// The same end for another reason. A crash stays one: such are counted.
    private func replacingFailure(with failure: TaskFailure) -> Outcome {
        switch self {
        case .failure(_, let reaction): .failure(failure, reaction)
        case .rejected: .rejected(failure)
        case .discarded: .discarded(failure)
        case .success, .retry, .snooze, .replaced, .revoked, .postponed, .crashed, .interrupted, .leaseLost: self
        }
    }

    /// For a log: nothing that the task said.
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
