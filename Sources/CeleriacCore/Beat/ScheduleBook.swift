#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Some or all entries of a store, and the effect of changes on them. Pure: stores load a book, change it, and write
/// the differences.
package struct ScheduleBook: Sendable {
    package private(set) var records: [String: ScheduleRecord]
    package private(set) var generation: Int64
    /// The steps that beats have claimed, by entry.
    private var claims: [String: Claim] = [:]

    private struct Claim: Sendable {
        let beat: String
        let revision: Int64
        let after: Date?
        let at: Date

        func isOf(_ step: ScheduleStep) -> Bool { revision == step.revision && after == step.after }

        /// A claim from the future was made by a clock that runs ahead, and must not stand until then.
        func stands(at now: Date, _ lease: Duration) -> Bool { abs(now.timeIntervalSince(at)) < lease.seconds }
    }

    package init(generation: Int64 = 0, records: [ScheduleRecord] = []) {
        self.generation = generation
        self.records = Dictionary(records.map { ($0.name, $0) }) { _, last in last }
    }

    package var snapshot: ScheduleSnapshot {
        ScheduleSnapshot(generation: generation, records: Array(records.values))
    }

    // MARK: Changing entries

    /// Adds an entry, or replaces the entry of the same name. An unchanged entry has no effect.
    ///
    /// The record of handled ticks is kept if the schedule is the same; a new schedule begins now.
    package mutating func put(_ entry: ScheduleEntry, at now: Date) throws {
        guard let old = records[entry.name] else {
            generation &+= 1
            let state = ScheduleState(firstSeen: now.wholeMicroseconds, revision: generation)
            return records[entry.name] = ScheduleRecord(entry: entry, state: state)
        }
        // Compares the texts, because a store cannot distinguish durations whose texts are equal.
        guard try entry.json != old.entry.json else { return }
        generation &+= 1
        var state = old.state
        if entry.schedule != old.entry.schedule {
            state.firstSeen = now.wholeMicroseconds
            state.lastTick = nil
            // If the clock of the process that puts the entry is behind, no tick is published a second time.
            state.dealt = old.state.knownTicks.ahead(of: state.firstSeen)
        }
        state.revision = generation
        records[entry.name] = ScheduleRecord(entry: entry, state: state)
    }

    /// Synchronizes the entries of a program with those that it declares: adds, changes and removes. Paused entries
    /// stay paused.
    package mutating func synchronize(_ entries: [ScheduleEntry], of owner: String, at now: Date) throws {
        let declared = Set(entries.map(\.name))
        for (name, record) in records where record.entry.source == .code(owner: owner) && !declared.contains(name) {
            _ = remove(name)
        }
        for entry in entries {
            var entry = entry
            entry.source = .code(owner: owner)
            if let old = records[entry.name] { entry.isPaused = old.entry.isPaused }
            try put(entry, at: now)
        }
    }

    /// - Returns: whether there is such an entry.
    package mutating func setPaused(_ isPaused: Bool, _ name: String, at now: Date) throws -> Bool {
        guard var entry = records[name]?.entry else { return false }
        entry.isPaused = isPaused
        try put(entry, at: now)
        return true
    }

    /// - Returns: whether there was such an entry.
    package mutating func remove(_ name: String) -> Bool {
        guard records.removeValue(forKey: name) != nil else { return false }
        claims[name] = nil
        generation &+= 1
        return true
    }

    // MARK: Steps

    /// Whether the entry is unchanged since the step was decided, and its ticks have not been handled since.
    package func permits(_ step: ScheduleStep) -> Bool {
        guard let record = records[step.entry], record.state.revision == step.revision else { return false }
        return step.through == nil || !record.entry.isPaused && record.state.lastTick == step.after
    }

    /// Reserves a step for a beat, unless another beat has claimed it less than `lease` ago.
    package mutating func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) -> Bool {
        guard permits(step) else { return false }
        guard step.through != nil else { return true }
        if let claim = claims[step.entry], claim.beat != beat, claim.isOf(step), claim.stands(at: step.at, lease) {
            return false
        }
        claims[step.entry] = Claim(beat: beat, revision: step.revision, after: step.after, at: step.at)
        return true
    }

    /// - Returns: false if the step no longer matches the entry.
    package mutating func mark(_ step: ScheduleStep, _ report: PublishReport) -> Bool {
        guard permits(step) else { return false }
        if step.through != nil { claims[step.entry] = nil }
        note(step, report)
        return true
    }

    package mutating func note(_ step: ScheduleStep, _ report: PublishReport) {
        guard let state = records[step.entry]?.state else { return }
        records[step.entry]?.state = state.after(step, report)
    }

    // MARK: Differences

    /// The records that differ from the old ones.
    package func changes(since old: ScheduleBook) -> [ScheduleRecord] {
        records.values.filter { old.records[$0.name]?.state.revision != $0.state.revision }
    }

    /// The names of the records that no longer exist.
    package func removals(since old: ScheduleBook) -> [String] {
        old.records.keys.filter { records[$0] == nil }
    }
}
