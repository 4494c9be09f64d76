#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension StateChange {
    /// The end of a call whose message cannot be read: recorded by brokers as they park it, so that its caller learns why.
    ///
    /// - Parameter reason: as the dead letter gives it.
    package static func unreadable(_ id: TaskID, _ reason: String, in queue: QueueName, at now: Date) -> StateChange {
        // A broker knows no app's setting: as long as Celery keeps results by default.
        var change = StateChange(id: id, state: .failure, at: now, expires: now.adding(.days(1)))
        change.failure = TaskFailure(type: "DecodeError", module: "Celeriac", message: reason)
        change.queue = queue
        return change
    }
}
