import CeleriacCore
import Foundation
import StoreKit

extension StoreTransaction {
    /// Changes entries, and writes the result.
    ///
    /// - Parameter name: the only entry that may change; `nil` if any entry may.
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

    /// Also removes an entry that this program cannot read.
    func removeEntry(_ name: String) throws -> Bool {
        guard try deleteEntry(name) else { return false }
        try setGeneration(try connection.scheduleGeneration() + 1)
        return true
    }

    /// Publishes and advances the last tick, or does neither.
    ///
    /// - Returns: `nil` if the entry differs from the step's.
    func take(_ step: ScheduleStep, publishing publications: [StoredPublication]) throws -> PublishReport? {
        guard try move(step) else { return nil }
        let report = try publish(publications)
        try noteRuns(of: step, report)
        return report
    }

    /// Reserves the step for a beat that publishes to another broker.
    func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) throws -> Bool {
        guard step.through != nil else { return try isInRevision(step) }
        var claim = try use(.claimTick)
        claim.bind(step.entry)
        claim.bind(step.revision)
        claim.bind(step.after?.sinceEpoch)
        claim.bind(beat)
        claim.bind(step.at.sinceEpoch)
        claim.bind(lease.wholeMicroseconds)
        return try claim.run() == 1
    }

    /// Advances the last tick after the calls were published to another broker.
    func mark(_ step: ScheduleStep, _ report: PublishReport) throws -> Bool {
        guard try move(step) else { return false }
        try noteRuns(of: step, report)
        if step.through != nil { try deleteClaim(of: step.entry) }
        return true
    }

    private func noteRuns(of step: ScheduleStep, _ report: PublishReport) throws {
        let published = step.publications.map(\.envelope.id).filter { report.duplicates[$0] == nil }
        if let last = published.last {
            var note = try use(.noteRuns)
            note.bind(step.entry)
            note.bind(Int64(published.count))
            note.bind(last.rawValue)
            note.bind(step.at.sinceEpoch)
            try note.run()
        }
    }

    private func isInRevision(_ step: ScheduleStep) throws -> Bool {
        var find = try use(.isInRevision)
        find.bind(step.entry)
        find.bind(step.revision)
        return try find.step()
    }

    private func move(_ step: ScheduleStep) throws -> Bool {
        guard let tick = step.through else { return try isInRevision(step) }
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
        // An unreadable entry is overwritten, or counts as missing.
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

    private func deleteClaim(of name: String) throws {
        var delete = try use(.deleteClaim)
        delete.bind(name)
        try delete.run()
    }

    private func deleteEntry(_ name: String) throws -> Bool {
        try deleteClaim(of: name)
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
