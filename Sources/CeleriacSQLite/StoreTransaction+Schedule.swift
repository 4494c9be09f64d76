import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    /// Changes entries, and writes what that comes to.
    ///
    /// - Parameter name: the only one that it is about; `nil` = it may be about any.
    func changeSchedule<Value>(
        _ name: String? = nil, _ body: (inout ScheduleBook, Date) throws -> Value
    ) throws -> Value {
        let old = try book(name)
        var new = old
        let value = try body(&new, now)
        for name in new.removals(since: old) { _ = try deleteEntry(name) }
        for record in new.changes(since: old) { try write(record) }
        if new.generation != old.generation { try setGeneration(new.generation) }
        return value
    }

    /// One that this program cannot read goes as well.
    func removeEntry(_ name: String) throws -> Bool {
        guard try deleteEntry(name) else { return false }
        try setGeneration(try connection.scheduleGeneration() + 1)
        return true
    }

    /// Publishes and moves the last tick on, or does neither.
    ///
    /// - Returns: `nil` if the entry is not as the step has it.
    func take(_ step: ScheduleStep, publishing publications: [StoredPublication]) throws -> PublishReport? {
        guard try claim(step) else { return nil }
        let report = try publish(publications)
        let published = step.publications.map(\.envelope.id).filter { report.duplicates[$0] == nil }
        if let last = published.last {
            var note = try use(.noteRuns)
            note.bind(step.entry)
            note.bind(Int64(published.count))
            note.bind(last.rawValue)
            note.bind(step.at.sinceEpoch)
            try note.run()
        }
        return report
    }

    private func claim(_ step: ScheduleStep) throws -> Bool {
        guard let tick = step.through else {
            var find = try use(.isInRevision)
            find.bind(step.entry)
            find.bind(step.revision)
            return try find.step()
        }
        var move = try use(.moveTick)
        move.bind(step.entry)
        move.bind(step.revision)
        move.bind(step.after?.sinceEpoch)
        move.bind(tick.sinceEpoch)
        move.bind(step.dealt.text)
        return try move.run() == 1
    }

    // MARK: Rows

    private func book(_ name: String?) throws -> ScheduleBook {
        guard let name else {
            let snapshot = try connection.schedule()
            return ScheduleBook(generation: snapshot.generation, records: snapshot.records)
        }
        var records: [ScheduleRecord] = []
        // One that cannot be read is written over, or not there.
        do { records += [try connection.scheduleRecord(of: name)].compactMap { $0 } } catch is CeleriacError {}
        return ScheduleBook(generation: try connection.scheduleGeneration(), records: records)
    }

    private func write(_ record: ScheduleRecord) throws {
        let state = record.state
        var put = try use(.putEntry)
        put.bind(record.name)
        put.bind(state.revision)
        put.bind(Int64(record.entry.isPaused ? 1 : 0))
        put.bind(state.firstSeen.sinceEpoch)
        put.bind(state.lastTick?.sinceEpoch)
        put.bind(state.lastCall?.rawValue)
        put.bind(state.lastPublished?.sinceEpoch)
        put.bind(Int64(state.runs))
        put.bind(try record.entry.json)
        put.bind(state.dealt.text)
        try put.run()
    }

    private func deleteEntry(_ name: String) throws -> Bool {
        var delete = try use(.deleteEntry)
        delete.bind(name)
        return try delete.run() > 0
    }

    private func setGeneration(_ generation: Int64) throws {
        var set = try use(.setGeneration)
        set.bind(generation)
        try set.run()
    }
}
