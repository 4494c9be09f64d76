#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Logging

/// The work that follows a publish.
///
/// Nothing here throws, because the calls are already sent: a caller that received an error would send them again.
extension Publisher {
    /// Records PENDING if the store cannot derive it, then announces the calls.
    func followUp(_ publications: [Publication], _ report: PublishReport) async {
        await afterPublishing("the state PENDING of sent calls could not be recorded", count: publications.count) {
            try await recordPending(publications, besides: report.duplicates)
        }
        await announce(publications, report)
    }

    /// Hands the report to every middleware and emits the sent events.
    package func announce(_ publications: [Publication], _ report: PublishReport = PublishReport()) async {
        await hear(publications, report)
        await emitSent(publications, besides: report.duplicates)
    }

    /// Hands the report to every middleware.
    func hear(_ publications: [Publication], _ report: PublishReport) async {
        guard !publications.isEmpty else { return }
        for middleware in middleware { await middleware.published(publications, report) }
    }

    /// Runs work for calls that are already sent. A failure is logged, so that the caller still receives its handles.
    func afterPublishing(
        _ failure: Logger.Message, count: Int, _ body: () async throws -> Void
    ) async {
        do { try await body() } catch {
            logger.warning(failure, metadata: ["error": "\(error)", "count": "\(count)"])
        }
    }

    /// If the result backend cannot derive states, writes a record of each waiting call, to distinguish it from a call
    /// that never existed.
    private func recordPending(_ publications: [Publication], besides duplicates: [TaskID: TaskID]) async throws {
        guard let results, interimStates.contains(.pending) else { return }
        let now = time.now
        let changes = publications.filter { duplicates[$0.envelope.id] == nil }.map { publication in
            StateChange.pending(
                publication.envelope.id, publication.envelope.task, in: publication.queue, at: now,
                expires: self.resultLifetime.map { (publication.notBefore ?? now).addingTimeInterval($0) })
        }
        try await results.record(changes)
    }

    private func emitSent(_ publications: [Publication], besides duplicates: [TaskID: TaskID]) async {
        guard options.sendsSentEvents, let channel = backend.events else { return }
        let now = time.now
        let events = publications.filter { duplicates[$0.envelope.id] == nil }.map { publication in
            MonitorEvent(
                .taskSent, from: Self.origin, pid: Int(ThisProcess.pid), clock: clock.forward(), at: now,
                fields: TaskNotice.sent(publication, CallText(of: publication.envelope, codec)).fields
            )
        }
        await afterPublishing("events could not be sent", count: events.count) { try await channel.emit(events) }
    }
}
