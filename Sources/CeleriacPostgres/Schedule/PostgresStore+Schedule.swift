public import CeleriacCore
import Foundation
import PostgresClient
import StoreKit

extension PostgresStore: ScheduleBroker {
    public func schedule() async throws -> ScheduleSnapshot {
        let answers = try await run(
            [Request(.generation, [.text("schedule")]), Request(.entries)], on: .relaxed)
        var records: [ScheduleRecord] = []
        var unreadable: [String: String] = [:]
        for row in answers[1] {
            do { records.append(try ScheduleRecord(row)) } catch let error as CeleriacError {
                unreadable[StoredText.text(try row.text(0))] = "\(error)"
            }
        }
        return ScheduleSnapshot(
            generation: try answers[0].first?.int(0) ?? 0, records: records, unreadable: unreadable)
    }

    public func scheduleGeneration() async throws -> Int64 {
        try await run(.generation, .text("schedule"), on: .relaxed).first?.int(0) ?? 0
    }

    public func scheduleRecord(of name: String) async throws -> ScheduleRecord? {
        try await run(.entry, .scheduleName(name), on: .relaxed).first.map { try ScheduleRecord($0) }
    }

    public func put(_ entry: ScheduleEntry) async throws {
        try entry.check()
        try await transaction { session in
            try await session.changeSchedule(entry.name) { book, now in try book.put(entry, at: now) }
        }
    }

    public func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws {
        for entry in entries { try entry.check() }
        try await transaction { session in
            try await session.changeSchedule { book, now in try book.synchronize(entries, of: owner, at: now) }
        }
    }

    public func removeEntry(_ name: String) async throws -> Bool {
        try await transaction { try await $0.removeEntry(name) }
    }

    public func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool {
        try await transaction { session in
            try await session.changeSchedule(name) { book, now in try book.setPaused(isPaused, name, at: now) }
        }
    }

    /// Publishes and advances the last tick in one transaction.
    public func take(_ step: ScheduleStep) async throws -> PublishReport? {
        let publications = step.publications.map(StoredPublication.init)
        let report = try await transaction { session -> PublishReport? in
            guard try await session.move(step) else { return nil }
            let report = try await session.publish(publications)
            try await session.noteRuns(of: step, report)
            return report
        }
        if report != nil { announce(publications) }
        return report
    }

    public func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool {
        guard step.through != nil else {
            return try await repeating { _ in try await session(on: .relaxed).isInRevision(step) }
        }
        let rows = try await run(
            .claimTick, .scheduleName(step.entry), .int(step.revision), .int(step.after?.sinceEpoch),
            .text(StoredText.column(beat)), .int(step.at.sinceEpoch), .int(lease.microseconds))
        return !rows.isEmpty
    }

    public func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool {
        try await transaction { session in
            guard try await session.move(step) else { return false }
            try await session.noteRuns(of: step, report)
            if step.through != nil { try await session.deleteClaim(of: step.entry) }
            return true
        }
    }
}
