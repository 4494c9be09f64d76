import CeleriacCore

/// Publishes the calls of a step and records the step: atomically in the broker if it keeps the schedule, else by
/// claim, publication and mark.
///
/// A beat that dies between claim and mark leaves the claim behind. When the claim has expired, another beat publishes
/// the same calls under the same ids, and a worker drops the second delivery of a call that has ended.
struct StepTaker: Sendable {
    /// How long a beat holds a tick exclusively; about the time that Celery allows for the launch of a chord.
    static let lease = Duration.seconds(20)

    let backend: Backend
    let store: any ScheduleStore
    /// The name under which this beat claims.
    private let beat = TaskID.random().rawValue

    init(backend: Backend, store: any ScheduleStore) {
        self.backend = backend
        self.store = store
    }

    /// - Returns: `nil` if another beat was faster or the entry has changed: read it again.
    /// - Throws: `BrokerError`. The step may have been completed; taking it again publishes the same ids.
    func take(_ step: ScheduleStep) async throws -> PublishReport? {
        if let broker = backend.scheduleBroker { return try await broker.take(step) }
        guard try await store.claim(step, by: beat, for: Self.lease) else { return nil }
        var report = PublishReport()
        if !step.publications.isEmpty { report = try await backend.broker.publish(step.publications) }
        let isMarked = try await store.mark(step, report)
        // A call outside the schedule has its own id. Nobody else publishes it, so the step is complete.
        return isMarked || step.through == nil ? report : nil
    }
}
