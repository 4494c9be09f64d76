import CeleriacCore
import Foundation

/// Finds out whether the last call of an entry is over, if the store of the schedule holds no messages.
extension TickPublisher {
    /// Asks the broker if it can find messages by id, else uses the recorded state of the call.
    ///
    /// If neither knows the call, it counts as over, so that the entry goes on.
    func isStandingElsewhere(
        _ id: TaskID, of record: ScheduleRecord, as recorded: TaskRecord?
    ) async throws -> Bool {
        if let inspector = app.backend.inspector {
            return try await inspector.message(of: id).map { $0.status != .dead } ?? false
        }
        guard recorded != nil, !ignoresResult(record.entry), let published = record.state.lastPublished else {
            return false
        }
        // With Celery's wire format, a call whose result has expired reads as PENDING again.
        guard let lifetime = app.resultLifetime else { return true }
        return app.time.now < published.addingTimeInterval(lifetime)
    }

    private func ignoresResult(_ entry: ScheduleEntry) -> Bool {
        entry.ignoreResult ?? (app.catalogue.options(of: entry.task)?.ignoreResult == true || app.options.ignoreResults)
    }
}
