public import CeleriacCore
import Foundation
import GRDB
import StoreKit

extension SQLiteStore: ScheduleBroker {
    public func schedule() async throws -> ScheduleSnapshot { try await inspect { try $0.schedule() } }

    public func scheduleGeneration() async throws -> Int64 {
        try await readRecord { try $0.scheduleGeneration() }
    }

    public func scheduleRecord(of name: String) async throws -> ScheduleRecord? {
        try await readRecord { try $0.scheduleRecord(of: name) }
    }

    public func put(_ entry: ScheduleEntry) async throws {
        try entry.check()
        try await writer.perform { transaction in
            try transaction.changeSchedule(entry.name) { book, now in try book.put(entry, at: now) }
        }
    }

    public func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws {
        for entry in entries { try entry.check() }
        try await writer.perform(rows: entries.count) { transaction in
            try transaction.changeSchedule { book, now in try book.synchronize(entries, of: owner, at: now) }
        }
    }

    public func removeEntry(_ name: String) async throws -> Bool {
        try await writer.perform { try $0.removeEntry(name) }
    }

    public func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool {
        try await writer.perform { transaction in
            try transaction.changeSchedule(name) { book, now in try book.setPaused(isPaused, name, at: now) }
        }
    }

    /// Publishes and advances the last tick in one transaction.
    public func take(_ step: ScheduleStep) async throws -> PublishReport? {
        let publications = step.publications.map(StoredPublication.init)
        return try await writer.perform(rows: 1 + publications.count) { transaction in
            try transaction.take(step, publishing: publications)
        }
    }

    public func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool {
        try await writer.perform { try $0.claim(step, by: beat, for: lease) }
    }

    public func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool {
        try await writer.perform { try $0.mark(step, report) }
    }
}
