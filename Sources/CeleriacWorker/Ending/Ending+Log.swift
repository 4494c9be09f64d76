import Logging

extension Ending {
    /// Writes the line "task ended": as an error if the call failed, as a warning if it is retried.
    ///
    /// - Parameter lowest: the level of the logger.
    func log(with logger: Logger, from lowest: Logger.Level) {
        let level: Logger.Level =
            switch verdict.state {
            case .failure: .error
            case .retry: .warning
            default: .debug
            }
        guard level >= lowest else { return }
        let delivery = attempt.delivery
        var metadata: Logger.Metadata = [
            "task_id": "\(delivery.id)", "task": "\(delivery.envelope.task)", "queue": "\(delivery.queue)",
            "attempt": "\(delivery.envelope.attempt)", "state": "\(verdict.state)",
        ]
        if let failure = verdict.failure { metadata["failure"] = "\(failure.type)" }
        logger.log(level: level, "task ended", metadata: metadata)
    }
}
