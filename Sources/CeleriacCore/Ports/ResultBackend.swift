/// Remembers the states and results of calls.
public protocol ResultBackend: Sendable {
    /// The kind of store, in one lower-case word: `redis`. Errors show it.
    var transport: String { get }

    /// Records state changes in order, each only if the recorded state yields to it (``TaskState/yields(to:)``).
    func record(_ changes: [StateChange]) async throws

    /// The record of a call.
    ///
    /// If nothing is recorded, a ``StateDerivingStore`` answers from the message's place: PENDING while it waits,
    /// STARTED while it is leased.
    ///
    /// - Returns: `nil` if nothing is known: never enqueued, forgotten, or expired. On Celery's wire this cannot be
    ///   distinguished from a call that waits, so there the result is a record in state PENDING.
    func record(of id: TaskID) async throws -> TaskRecord?

    /// The records of several calls, each as `record(of:)` returns it. Not one snapshot.
    ///
    /// The default implementation asks for one record at a time. A store should ask for
    /// ``recordsPerRead`` records in one round trip.
    ///
    /// - Parameter ids: any number of ids, in any order; repeated ids count once.
    /// - Returns: the known records by id. Ids of which nothing is known are left out.
    func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord]

    /// Suspends until the call's record differs from the one seen last, then returns the new one.
    ///
    /// Wakes by notification; a lost notification costs at most a second. Returns at once if the record differs
    /// already.
    ///
    /// - Parameter seen: the value that `record(of:)` or this method returned before; `nil` if there was no record.
    /// - Throws: `CancellationError` when cancelled.
    func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord?

    /// Deletes the record of a call. A message of the call stays where it is.
    func forget(_ id: TaskID) async throws

    /// The non-terminal states that must be recorded: PENDING by the publisher, STARTED by the worker.
    ///
    /// Both by default. Empty if the store derives them from the message's place (``StateDerivingStore``), or if the
    /// wire does not record them, as with Celery: there a call without a record is PENDING.
    var interimStates: Set<TaskState> { get }

    /// How long results are kept unless the app or call decides otherwise. Default one day.
    var usualExpiry: Duration { get }
}

extension ResultBackend {
    public var interimStates: Set<TaskState> { [.pending, .started] }
    public var usualExpiry: Duration { .days(1) }

    /// The number of records that a store reads in one round trip: few enough that their results fit in one answer of a
    /// server, and that other readers of the store do not wait long.
    public static var recordsPerRead: Int { 100 }

    public func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        var records: [TaskID: TaskRecord] = [:]
        for id in Set(ids) { records[id] = try await record(of: id) }
        return records
    }

    /// Calls `body` with each id, in order, and its record. Reads ``recordsPerRead`` records at a time, so that no more
    /// results than these are in memory.
    package func forEachRecord(
        of ids: [TaskID], _ body: (TaskID, TaskRecord?) throws -> Void
    ) async throws {
        for part in ids.parts(of: Self.recordsPerRead) {
            let records = try await records(of: part)
            for id in part { try body(id, records[id]) }
        }
    }
}

/// A store whose records follow from the place of messages: a waiting call is PENDING and a leased call is STARTED, and
/// neither costs a write.
public protocol StateDerivingStore: CompletionStore {}

extension StateDerivingStore {
    public var interimStates: Set<TaskState> { [] }
}

/// A broker that is the result backend too: the end of an attempt is one transaction.
public protocol CompletionStore: Broker, ResultBackend {
    /// Settles each delivery, records its state and publishes its continuation: all three or, if its lease was lost,
    /// none.
    ///
    /// Each completion is independent: one that cannot be written does not affect the others.
    ///
    /// - Returns: the receipts whose lease was lost.
    /// - Throws: ``CompletionRefusal`` for those that cannot be written, after the others are; ``BrokerError`` if none
    ///   is written.
    func complete(_ completions: [Completion]) async throws -> Set<Receipt>
}
