#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The changes that no run of a task makes.
extension StateChange {
    /// A call that waits, or that will be sent later.
    package static func pending(
        _ id: TaskID, _ task: TaskName, in queue: QueueName? = nil, at now: Date, expires: Date?
    ) -> StateChange {
        var change = StateChange(id: id, state: .pending, at: now, expires: expires)
        change.record.task = task
        change.record.queue = queue
        return change
    }

    /// A call that was revoked before it started.
    package static func revoked(_ id: TaskID, at now: Date, expires: Date?) -> StateChange {
        var change = StateChange(id: id, state: .revoked, at: now, expires: expires)
        change.record.failure = TaskFailure(type: "TaskRevokedError", message: "revoked")
        return change
    }

    /// A call that will never run, because another one has failed.
    package static func failed(
        _ id: TaskID, _ task: TaskName?, _ failure: TaskFailure, at now: Date, expires: Date?
    ) -> StateChange {
        var change = StateChange(id: id, state: .failure, at: now, expires: expires)
        change.record.failure = failure
        change.record.task = task
        return change
    }

    /// The end of a call whose message cannot be read: recorded by brokers as they park it, so that its caller learns why.
    ///
    /// - Parameter reason: as the dead letter gives it.
    package static func unreadable(_ id: TaskID, _ reason: String, in queue: QueueName, at now: Date) -> StateChange {
        let failure = TaskFailure(type: "DecodeError", module: "Celeriac", message: reason)
        // A broker knows no app's setting: as long as Celery keeps results by default.
        var change = StateChange.failed(id, nil, failure, at: now, expires: now.adding(.days(1)))
        change.record.queue = queue
        return change
    }
}
