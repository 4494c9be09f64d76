/// Remembers the states and results of calls.
public protocol ResultBackend: Sendable {
    /// What kind of store it is, in one lower-case word: `redis`. Errors show it.
    var transport: String { get }

    /// Records state changes, in order, each only if the recorded state yields to it (``TaskState/yields(to:)``).
    func record(_ changes: [StateChange]) async throws

    /// What is known of a call.
    ///
    /// A ``StateDerivingStore`` answers from the message's place where nothing is recorded: PENDING while it waits,
    /// STARTED while it is leased.
    ///
    /// - Returns: `nil` if nothing is known: never enqueued, forgotten, or expired. On Celery's wire that cannot be told
    ///   from a call that waits, so there it is a record in state PENDING.
    func record(of id: TaskID) async throws -> TaskRecord?

    /// Suspends until the call's record differs from the one seen last, then returns it.
    ///
    /// Wakes by notification; a lost one costs at most a second. Returns at once if it differs already.
    ///
    /// - Parameter seen: what `record(of:)` or this returned before; `nil` if that was nothing.
    /// - Throws: `CancellationError` when cancelled.
    func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord?

    /// Deletes what is recorded of a call. A message of its stays where it is.
    func forget(_ id: TaskID) async throws

    /// The states before the end that it wants to be told of: PENDING by the publisher, STARTED by the worker.
    ///
    /// Both by default. None, where it knows them from the message's place (``StateDerivingStore``), or where the wire has
    /// none, as with Celery: there a call of which nothing is recorded is PENDING.
    var interimStates: Set<TaskState> { get }

    /// How long results are kept where nobody says otherwise. Default one day.
    var usualExpiry: Duration { get }
}

extension ResultBackend {
    public var interimStates: Set<TaskState> { [.pending, .started] }
    public var usualExpiry: Duration { .days(1) }
}

/// A store whose records follow from where messages lie: a call that waits is PENDING and one that is leased STARTED, and
/// neither costs a write.
public protocol StateDerivingStore: CompletionStore {}

extension StateDerivingStore {
    public var interimStates: Set<TaskState> { [] }
}

/// A broker that is the result backend as well: the end of an attempt is one transaction.
public protocol CompletionStore: Broker, ResultBackend {
    /// Settles each delivery, records its state and publishes its continuation: all three, or, if its lease was lost,
    /// none.
    ///
    /// Each stands alone: one that cannot be written harms no other.
    ///
    /// - Returns: the receipts whose lease was lost.
    /// - Throws: ``CompletionRefusal`` for those that cannot be written, once the others are; ``BrokerError`` where none is.
    func complete(_ completions: [Completion]) async throws -> Set<Receipt>
}
