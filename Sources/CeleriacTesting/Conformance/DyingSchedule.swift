import CeleriacCore

/// A schedule store that stops its beat forever in the middle of a step.
struct DyingSchedule: ScheduleStore {
    enum Moment: Sendable { case afterClaim, beforeMark }

    private let base: any ScheduleStore
    private let moment: Moment
    private let deaths = AsyncStream.makeStream(of: Void.self)

    init(_ base: any ScheduleStore, _ moment: Moment) {
        self.base = base
        self.moment = moment
    }

    /// Suspends until a beat has stopped at the chosen moment.
    func untilDead() async {
        for await _ in deaths.stream { return }
    }

    func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool {
        let isClaimed = try await base.claim(step, by: beat, for: lease)
        if isClaimed, moment == .afterClaim { try await die() }
        return isClaimed
    }

    func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool {
        if moment == .beforeMark { try await die() }
        return try await base.mark(step, report)
    }

    /// Suspends until the beat is cancelled.
    private func die() async throws {
        deaths.continuation.yield()
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CancellationError()
    }

    // MARK: Entries

    func schedule() async throws -> ScheduleSnapshot { try await base.schedule() }
    func scheduleGeneration() async throws -> Int64 { try await base.scheduleGeneration() }

    func scheduleRecord(of name: String) async throws -> ScheduleRecord? {
        try await base.scheduleRecord(of: name)
    }

    func put(_ entry: ScheduleEntry) async throws { try await base.put(entry) }

    func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws {
        try await base.synchronize(entries, of: owner)
    }

    func removeEntry(_ name: String) async throws -> Bool { try await base.removeEntry(name) }

    func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool {
        try await base.setPaused(isPaused, name)
    }
}
