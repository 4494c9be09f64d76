/// Keeps the beat's schedule: the entries and how far each one has come.
///
/// Any number of beats may work on one store, without a leader. A store that is the broker publishes a tick and records
/// it in one step, see ``ScheduleBroker``. With another broker a beat needs three steps:
///
/// ```
/// claim ---> publish to the broker, under the id made of entry and tick ---> mark
///   ^                                                                |
///   '--- the beat died; the claim has lapsed: another beat goes on --'
/// ```
public protocol ScheduleStore: Sendable {
    /// All entries.
    func schedule() async throws -> ScheduleSnapshot

    /// Grows with each change of an entry, but not with steps: a cheap way to find out whether ``schedule()`` would
    /// return something new.
    func scheduleGeneration() async throws -> Int64

    /// - Returns: `nil` if there is no entry of that name.
    /// - Throws: ``CeleriacError`` with code `invalidSchedule` for an entry that this program cannot read.
    func scheduleRecord(of name: String) async throws -> ScheduleRecord?

    /// Adds an entry, or replaces the entry of the same name. Idempotent.
    ///
    /// If the schedule is unchanged, the record of its ticks is kept. A new schedule begins now: no tick up to now is
    /// due.
    ///
    /// - Throws: ``CeleriacError`` as ``ScheduleEntry/check()`` does.
    func put(_ entry: ScheduleEntry) async throws

    /// Synchronizes the stored entries of a program with those that it declares, in one step: adds and changes entries
    /// as ``put(_:)`` does, and removes those that came from this program's code and are no longer declared.
    ///
    /// Paused entries stay paused. Entries of other programs and dynamic entries are not changed, except one of the
    /// same name, which becomes the program's.
    func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws

    /// - Returns: whether there was such an entry. Calls that it has published stay in their queues.
    func removeEntry(_ name: String) async throws -> Bool

    /// - Returns: whether there is such an entry.
    func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool

    /// Reserves a step for one beat, which then publishes its calls to another broker and marks the step.
    ///
    /// The reservation succeeds if the entry is in the state that ``ScheduleBroker/take(_:)`` requires and no other
    /// beat has claimed the same step less than `lease` ago, by the step's own date. It changes nothing else. A run out
    /// of turn reserves nothing: the answer only says whether the entry still has the step's revision.
    ///
    /// - Parameters:
    ///   - beat: the beat that claims; a repeated claim extends its own claim.
    ///   - lease: how long no other beat can claim the step. Less than an hour.
    func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool

    /// Advances the entry's last tick and counts the calls, after they were published elsewhere. Ends the claim.
    ///
    /// - Parameter report: the result of publishing the calls.
    /// - Returns: false if nothing was changed, because another beat has marked the step or the entry has changed.
    func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool
}

/// A broker that keeps the beat's schedule itself.
public protocol ScheduleBroker: ScheduleStore, Broker {
    /// Publishes the calls of a step and advances the entry's last tick, both or neither.
    ///
    /// Succeeds only if the entry has the step's revision and, unless it is a run out of turn, is not paused and its
    /// last tick is still the one that the step starts from. If two beats decide on the same step, only one carries it
    /// out; a beat that slept between decision and step changes nothing.
    ///
    /// - Returns: the result of publishing the calls; `nil` if nothing was done: read the entry again.
    /// - Throws: ``BrokerError``. With code `deadlineExceeded` or `connectionLost` the step may have been done: read
    ///   the entry again.
    func take(_ step: ScheduleStep) async throws -> PublishReport?

    /// Whether the last call of an entry waits, runs, or waits for its next attempt.
    ///
    /// Called at each tick of an entry that skips overlaps, so it must be cheap, however many messages wait. A call
    /// that is being moved at that moment counts as present.
    func isStanding(_ call: TaskID, of entry: String) async throws -> Bool
}

extension ScheduleBroker where Self: Inspector {
    /// For stores that find a message by its id.
    public func isStanding(_ call: TaskID, of entry: String) async throws -> Bool {
        try await message(of: call).map { $0.status != .dead } ?? false
    }
}
