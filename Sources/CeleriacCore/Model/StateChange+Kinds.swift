#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// State changes that are recorded without running a task.
extension StateChange {
    /// A call that waits or will be sent later.
    package static func pending(
        _ id: TaskID, _ task: TaskName, in queue: QueueName? = nil, at now: Date, expires: Date?
    ) -> StateChange {
        var change = StateChange(id: id, state: .pending, at: now, expires: expires)
        change.record.task = task
        change.record.queue = queue
        return change
    }

    /// A call that was revoked before it started.
    ///
    /// - Parameter failure: what callers that wait for the call receive.
    package static func revoked(
        _ id: TaskID, _ failure: TaskFailure = TaskFailure(type: "TaskRevokedError", message: "revoked"), at now: Date,
        expires: Date?
    ) -> StateChange {
        var change = StateChange(id: id, state: .revoked, at: now, expires: expires)
        change.record.failure = failure
        return change
    }

    /// A call that will never run, because another call has failed.
    package static func failed(
        _ id: TaskID, _ task: TaskName?, _ failure: TaskFailure, at now: Date, expires: Date?
    ) -> StateChange {
        var change = StateChange(id: id, state: .failure, at: now, expires: expires)
        change.record.failure = failure
        change.record.task = task
        return change
    }

    /// The failure of a call whose message cannot be read. Brokers record it when they park the message, so that the
    /// caller learns why.
    ///
    /// - Parameter reason: the reason that the dead letter gives.
    package static func unreadable(_ id: TaskID, _ reason: String, in queue: QueueName, at now: Date) -> StateChange {
        let failure = TaskFailure(type: "DecodeError", module: "Celeriac", message: reason)
        // A broker does not know the app's setting, so it uses Celery's default time for keeping results.
        var change = StateChange.failed(id, nil, failure, at: now, expires: now.adding(.days(1)))
        change.record.queue = queue
        return change
    }
}
