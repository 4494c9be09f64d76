#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// An entry and its state, as a store keeps them.
public struct ScheduleRecord: Sendable, Hashable {
    public var entry: ScheduleEntry
    public var state: ScheduleState

    public init(entry: ScheduleEntry, state: ScheduleState) {
        self.entry = entry
        self.state = state
    }

    public var name: String { entry.name }

    /// The schedule; an interval without an anchor is aligned to the time when the entry was first seen.
    public var schedule: Schedule { entry.schedule.anchored(at: state.firstSeen) }
}

/// The progress of an entry. Dates are whole microseconds.
public struct ScheduleState: Sendable, Hashable {
    /// When this schedule of the entry was first seen: no tick up to then is due.
    public var firstSeen: Date
    /// The tick that was handled last, published or skipped; `nil` if there is none yet. It lies ahead if a clock ran
    /// ahead.
    public var lastTick: Date?
    /// All ticks that have been handled; empty if an earlier version recorded only the last tick.
    public var dealt: DealtTicks
    /// The call that was published last, at a tick or out of turn.
    public var lastCall: TaskID?
    /// When that call was published.
    public var lastPublished: Date?
    /// The number of calls that were published so far, including those out of turn.
    public var runs: Int
    /// Changes whenever the entry does, and never repeats, even if the entry is removed and put again.
    public var revision: Int64

    public init(
        firstSeen: Date, lastTick: Date? = nil, dealt: DealtTicks = DealtTicks(), lastCall: TaskID? = nil,
        lastPublished: Date? = nil, runs: Int = 0, revision: Int64
    ) {
        self.firstSeen = firstSeen
        self.lastTick = lastTick
        self.dealt = dealt
        self.lastCall = lastCall
        self.lastPublished = lastPublished
        self.runs = runs
        self.revision = revision
    }

    /// The state after a step was carried out.
    package func after(_ step: ScheduleStep, _ report: PublishReport) -> ScheduleState {
        var state = self
        if let tick = step.through { (state.lastTick, state.dealt) = (tick, step.dealt) }
        let published = step.publications.map(\.envelope.id).filter { report.duplicates[$0] == nil }
        guard let last = published.last else { return state }
        state.runs += published.count
        state.lastCall = last
        state.lastPublished = step.at
        return state
    }
}

/// All entries of a store at one moment.
public struct ScheduleSnapshot: Sendable {
    /// Grows with each change of an entry; 0 if there has never been an entry.
    public var generation: Int64
    /// The records, sorted by name.
    public var records: [ScheduleRecord]
    /// The entries that this program cannot read (from a later version, or in a zone that this machine does not have),
    /// and why.
    public var unreadable: [String: String]

    public init(generation: Int64, records: [ScheduleRecord], unreadable: [String: String] = [:]) {
        self.generation = generation
        self.records = records.sorted { $0.name < $1.name }
        self.unreadable = unreadable
    }
}

/// One step of a beat for an entry: publish the calls, and record that they were published.
public struct ScheduleStep: Sendable {
    public var entry: String
    /// The revision of the entry on which the step was decided.
    public var revision: Int64
    /// The last tick that was handled when the step was decided; `nil` if there was none.
    public var after: Date?
    /// The new last tick; `nil` for a run out of turn, which does not change it.
    public var through: Date?
    /// All ticks that are handled after the step.
    public var dealt: DealtTicks
    /// The calls of the ticks; empty if all of them are skipped.
    public var publications: [Publication]
    /// When the step is carried out, by the clock of the process that does it.
    public var at: Date

    /// - Parameter dealt: the value of ``DueTicks/dealt``; by default the tick comes in turn.
    public init(
        of record: ScheduleRecord, through tick: Date?, dealt: DealtTicks? = nil,
        publishing publications: [Publication] = [], at date: Date
    ) {
        entry = record.name
        revision = record.state.revision
        after = record.state.lastTick
        through = tick
        self.dealt = dealt ?? Self.dealt(of: record.state, through: tick)
        self.publications = publications
        at = date.wholeMicroseconds
    }

    private static func dealt(of state: ScheduleState, through tick: Date?) -> DealtTicks {
        guard let tick else { return state.dealt }
        let start = state.lastTick ?? state.firstSeen
        return start < tick ? state.knownTicks.adding(after: start, through: tick) : state.knownTicks.adding(tick)
    }
}
