/// Keeps the beat's schedule: the entries and how far each has come.
///
/// Any number of beats may work on one store, without a leader. A store that is the broker publishes a tick in the step that
/// remembers it, see ``ScheduleBroker``. Beside another broker a beat does it in three:
///
/// ```
/// claim ---> publish to the broker, under the id made of entry and tick ---> mark
///   ^                                                                |
///   '--- the beat died; the claim has lapsed: another beat goes on --'
/// ```
public protocol ScheduleStore: Sendable {
    /// All entries.
    func schedule() async throws -> ScheduleSnapshot

    /// Grows with each change of an entry, not with steps: a cheap way to ask whether ``schedule()`` says anything new.
    func scheduleGeneration() async throws -> Int64

    /// - Returns: `nil` where there is no entry of that name.
    /// - Throws: ``CeleriacError`` with code `invalidSchedule` for one that this program cannot read.
    func scheduleRecord(of name: String) async throws -> ScheduleRecord?

    /// Adds an entry, or takes it in the place of the one of its name; idempotent.
    ///
    /// If the schedule is the same as before, so is all that is known of its ticks; another one begins now: no tick up to now
    /// is due.
    ///
    /// - Throws: ``CeleriacError`` as ``ScheduleEntry/check()`` says.
    func put(_ entry: ScheduleEntry) async throws

    /// Makes the entries of a program those that it declares, in one step: adds and changes as ``put(_:)`` does, and removes
    /// those that came from this program's code and are declared no more.
    ///
    /// Entries that are paused stay so. Those of other programs and dynamic ones are left alone, but for one of the same name,
    /// which becomes the program's.
    func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws

    /// - Returns: whether there was such an entry. What it has published stays in its queue.
    func removeEntry(_ name: String) async throws -> Bool

    /// - Returns: whether there is such an entry.
    func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool

    /// Reserves a step for one beat, which then publishes its calls elsewhere and marks it.
    ///
    /// The reservation holds if the entry stands as ``ScheduleBroker/take(_:)`` demands and no other beat has claimed the same
    /// step less than `lease` ago, by the step's own date. It changes nothing else. A run out of turn reserves nothing: the
    /// answer only says whether the entry still stands in the step's revision.
    ///
    /// - Parameters:
    ///   - beat: who claims; claiming again extends its own claim.
    ///   - lease: for so long no other beat gets the step. Less than an hour.
    func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool

    /// Moves the entry's last tick on and counts the calls, once they are published elsewhere. Ends the claim.
    ///
    /// - Parameter report: what became of the calls.
    /// - Returns: false if nothing was done, since another beat has marked the step or the entry has changed.
    func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool
}

/// A broker that keeps the beat's schedule itself.
public protocol ScheduleBroker: ScheduleStore, Broker {
    /// Publishes the calls of a step and moves the entry's last tick on, both or neither.
    ///
    /// It is done only if the entry stands in the step's revision and, unless it is a run out of turn, is not paused and its
    /// last tick is still the one that the step begins after. So of two beats that decide the same, one does it; and one that
    /// slept between decision and step does nothing.
    ///
    /// - Returns: what became of the calls; `nil` if it was not done: read the entry again.
    /// - Throws: ``BrokerError``. With code `deadlineExceeded` or `connectionLost` it may have been done: read the entry again.
    func take(_ step: ScheduleStep) async throws -> PublishReport?

    /// Whether the last call of an entry waits, runs, or waits for its next attempt.
    ///
    /// Asked at each tick of an entry that skips overlaps, so it must cost little, however many messages wait. A call that moves
    /// meanwhile counts as there.
    func isStanding(_ call: TaskID, of entry: String) async throws -> Bool
}

extension ScheduleBroker where Self: Inspector {
    /// For stores that find a message by its id.
    public func isStanding(_ call: TaskID, of entry: String) async throws -> Bool {
        try await message(of: call).map { $0.status != .dead } ?? false
    }
}
