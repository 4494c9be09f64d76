#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What a store knows of one entry.
public struct ScheduleRecord: Sendable, Hashable {
    public var entry: ScheduleEntry
    public var state: ScheduleState

    public init(entry: ScheduleEntry, state: ScheduleState) {
        self.entry = entry
        self.state = state
    }

    public var name: String { entry.name }

    /// The schedule, an interval without an anchor aligned to the instant at which the entry was first seen.
    public var schedule: Schedule { entry.schedule.anchored(at: state.firstSeen) }
}

/// How far an entry has come. Dates are whole microseconds.
public struct ScheduleState: Sendable, Hashable {
    /// When this schedule of the entry was first seen: no tick up to then is due.
    public var firstSeen: Date
    /// The tick that was dealt with last, published or left out; `nil` = none yet. It lies ahead where a clock ran ahead.
    public var lastTick: Date?
    /// All that has been dealt with; empty where an earlier version kept the last tick alone.
    public var dealt: DealtTicks
    /// The call that was published last, at a tick or out of turn.
    public var lastCall: TaskID?
    /// When that was.
    public var lastPublished: Date?
    /// Calls that were published so far, out of turn as well.
    public var runs: Int
    /// Changes whenever the entry does, and never comes again, though the entry be removed and put anew.
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

    /// The state once a step has been taken.
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

/// All entries of a store, as they stood at one instant.
public struct ScheduleSnapshot: Sendable {
    /// Grows with each change of an entry; 0 where there has never been one.
    public var generation: Int64
    /// By name.
    public var records: [ScheduleRecord]
    /// Entries that this program cannot read, of a later version or of a zone that this machine does not have, and why.
    public var unreadable: [String: String]

    public init(generation: Int64, records: [ScheduleRecord], unreadable: [String: String] = [:]) {
        self.generation = generation
        self.records = records.sorted { $0.name < $1.name }
        self.unreadable = unreadable
    }
}

/// What a beat does about one entry, as one step: publish, and remember that it did.
public struct ScheduleStep: Sendable {
    public var entry: String
    /// The revision of the entry that it was decided on.
    public var revision: Int64
    /// The last tick that had been dealt with when it was decided; `nil` = none.
    public var after: Date?
    /// The tick that is the last one from now on; `nil` = a run out of turn, which leaves it as it is.
    public var through: Date?
    /// All that has been dealt with from now on.
    public var dealt: DealtTicks
    /// The calls of the ticks; none where all of them are left out.
    public var publications: [Publication]
    /// When it is done, by the clock of who does it.
    public var at: Date

    /// - Parameter dealt: as ``DueTicks/dealt`` says; by default the tick comes in turn.
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

/// How stores keep ticks: as whole numbers, so that equal ones are equal everywhere.
extension Date {
    package var sinceEpoch: Int64 { Int64(ISODate.microseconds(since1970: self)) }

    package init(sinceEpoch microseconds: Int64) {
        self = Instant.date(microseconds: Int(microseconds))
    }

    package var wholeMicroseconds: Date { Date(sinceEpoch: sinceEpoch) }
}

extension Duration {
    package var wholeMicroseconds: Int64 { Int64((seconds * 1_000_000).rounded()) }
}
