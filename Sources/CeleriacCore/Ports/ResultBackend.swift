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
