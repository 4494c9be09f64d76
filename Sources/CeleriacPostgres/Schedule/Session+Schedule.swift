import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

extension Session {
    /// Changes entries, and writes the result. Within a transaction, which holds the generation meanwhile.
    ///
    /// - Parameter name: the only entry that may change; `nil` if any entry may.
    func changeSchedule<Value>(
        _ name: String? = nil, _ body: (inout ScheduleBook, Date) throws -> Value
    ) async throws -> Value {
        let old = try await book(name)
        var new = old
        let value = try body(&new, store.time.now)
        for name in new.removals(since: old) { _ = try await deleteEntry(name) }
        for record in new.changes(since: old) { try await write(record) }
        if new.generation != old.generation { try await setGeneration(new.generation) }
        return value
    }

    /// Also removes an entry that this program cannot read.
    func removeEntry(_ name: String) async throws -> Bool {
        let generation = try await lockedGeneration()
        guard try await deleteEntry(name) else { return false }
        try await setGeneration(generation + 1)
        return true
    }

    /// Advances the last tick, if the entry is still as the step found it. A run out of turn advances nothing.
    func move(_ step: ScheduleStep) async throws -> Bool {
        guard let tick = step.through else { return try await isInRevision(step) }
        let rows = try await run(
            .moveTick, .scheduleName(step.entry), .int(step.revision), .int(step.after?.sinceEpoch),
            .int(tick.sinceEpoch),
            .text(step.dealt.text))
        return !rows.isEmpty
    }

    func isInRevision(_ step: ScheduleStep) async throws -> Bool {
        try await !run(.isInRevision, .scheduleName(step.entry), .int(step.revision)).isEmpty
    }

    func noteRuns(of step: ScheduleStep, _ report: PublishReport) async throws {
        let published = step.publications.map(\.envelope.id).filter { report.duplicates[$0] == nil }
        guard let last = published.last else { return }
        try await run(
            .noteRuns, .scheduleName(step.entry), .int(Int64(published.count)), .text(StoredText.column(last.rawValue)),
            .int(step.at.sinceEpoch))
    }

    func deleteClaim(of name: String) async throws { try await run(.deleteClaim, .scheduleName(name)) }

    // MARK: Rows

    private func lockedGeneration() async throws -> Int64 {
        try await run(.lockGeneration, .text("schedule")).first?.int(0) ?? 0
    }

    private func setGeneration(_ generation: Int64) async throws {
        try await run(.setGeneration, .text("schedule"), .int(generation))
    }

    private func book(_ name: String?) async throws -> ScheduleBook {
        let generation = try await lockedGeneration()
        let rows = if let name { try await run(.entry, .scheduleName(name)) } else { try await run(.entries) }
        // An unreadable entry is overwritten, or counts as missing.
        let records = try rows.compactMap { row -> ScheduleRecord? in
            do { return try ScheduleRecord(row) } catch is CeleriacError { return nil }
        }
        return ScheduleBook(generation: generation, records: records)
    }

    private func write(_ record: ScheduleRecord) async throws {
        let state = record.state
        try await run(
            .putEntry, .scheduleName(record.name), .int(state.revision), .bool(record.entry.isPaused),
            .int(state.firstSeen.sinceEpoch), .int(state.lastTick?.sinceEpoch),
            .text(state.lastCall.map { StoredText.column($0.rawValue) }), .int(state.lastPublished?.sinceEpoch),
            .int(Int64(state.runs)), .bytes(try record.entry.json), .text(state.dealt.text))
    }

    private func deleteEntry(_ name: String) async throws -> Bool {
        try await deleteClaim(of: name)
        return try await run(.deleteEntry, .scheduleName(name)).affected > 0
    }
}

extension ScheduleRecord {
    /// Reads the columns of `entryColumns`.
    ///
    /// - Throws: ``CeleriacError`` if the entry is unreadable.
    init(_ row: PostgresRow) throws {
        var entry = try ScheduleEntry(parsing: try row.bytes(8))
        entry.isPaused = try row.bool(2)
        let state = ScheduleState(
            firstSeen: Date(sinceEpoch: try row.int(3)), lastTick: try row.optionalInt(4).map { Date(sinceEpoch: $0) },
            dealt: try row.optionalText(9).flatMap { DealtTicks(text: $0) } ?? DealtTicks(),
            lastCall: try row.optionalText(5).map { TaskID(StoredText.text($0)) },
            lastPublished: try row.optionalInt(6).map { Date(sinceEpoch: $0) }, runs: Int(clamping: try row.int(7)),
            revision: try row.int(1))
        self.init(entry: entry, state: state)
    }
}

extension PostgresValue {
    static func scheduleName(_ name: String) -> PostgresValue { .text(StoredText.column(name)) }
}
