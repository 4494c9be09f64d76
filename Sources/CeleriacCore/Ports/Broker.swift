#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Carries envelopes, leases them, settles them.
///
/// ```
/// publish -> delayed -> ready -> leased -> acked | dead
///               ^                  |
///               '---- retry -------+---- release, lease lapsed -> ready
/// ```
///
/// Many callers may use one broker at once; calls made at the same time may be gathered into one round trip.
public protocol Broker: Sendable {
    /// What kind of broker it is, in one lower-case word: `redis`. Errors and `inspect stats` show it.
    var transport: String { get }

    /// Whether nobody outside of this process can reach its messages. Default no.
    var isProcessLocal: Bool { get }

    /// Makes the envelopes durable. They are not visible to consumers before their `notBefore`.
    ///
    /// All or none of them.
    ///
    /// - Returns: the calls that were not taken because their like stands already.
    /// - Throws: ``BrokerError``.
    @discardableResult
    func publish(_ publications: [Publication]) async throws -> PublishReport

    /// Opens a consumer for the scope of `body`; on exit everything it holds unsettled is released, uncounted.
    ///
    /// - Parameters:
    ///   - queues: at least one; they need not exist yet.
    ///   - lease: how long a delivery is ours without renewal; at least one second. Ignored by brokers whose deliveries
    ///     are bound to a connection.
    func withConsumer<Value: Sendable>(
        of queues: [QueueName], lease: Duration, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value

    /// Ends deliveries, each atomically.
    ///
    /// - Returns: the receipts whose lease another consumer holds now, or that are settled already: nothing was done for
    ///   these.
    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt>

    /// Extends the leases of deliveries that are still running. Idempotent.
    ///
    /// - Parameter duration: counted from now, not from the old deadline.
    /// - Returns: the receipts whose lease was already lost. Do not settle these.
    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt>

    func counts(of queue: QueueName) async throws -> QueueCounts

    /// Deletes what waits in the queue, delayed messages included; leased and dead ones stay.
    ///
    /// - Returns: how many were deleted.
    func purge(_ queue: QueueName) async throws -> Int

    /// Does the broker's background work until cancelled: sweeping lapsed leases, deleting what expired.
    ///
    /// Any number of processes may run it at once. Publishing and reading need no one to run it.
    func run() async throws
}

extension Broker {
    public var isProcessLocal: Bool { false }
}

/// A source of deliveries.
public protocol Consumer: Sendable {
    /// Claims up to `limit` due messages.
    ///
    /// Queues are tried in the order given; within a queue higher priorities come first, then those due earlier, then
    /// those published earlier.
    ///
    /// - Parameters:
    ///   - limit: at least 1; the caller's free slots.
    ///   - order: which queues, the first ones first. A worker that was told to serve another queue names one that the
    ///     consumer was not opened with: it is served like the others from then on.
    ///   - wait: whether to suspend until there is at least one. Wakes within 20 ms of a publication by this or another
    ///     process.
    /// - Returns: at least one delivery if `wait`, else perhaps none.
    /// - Throws: `CancellationError` when cancelled; nothing is then claimed.
    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery]
}

/// An envelope on its way into a queue.
public struct Publication: Sendable {
    public var envelope: Envelope
    public var queue: QueueName
    /// `nil` = at once.
    public var notBefore: Date?
    public var unique: UniqueClaim?
    /// Before all others of its queue and priority.
    public var atFront: Bool
    /// What a ``JobBroker`` is to know besides; `nil` for all others.
    public var job: JobOptions? {
        get { jobOnHeap?.value }
        set { jobOnHeap = newValue.map(OnHeap.init) }
    }
    private var jobOnHeap: OnHeap<JobOptions>?

    public init(
        _ envelope: Envelope, to queue: QueueName, notBefore: Date? = nil, unique: UniqueClaim? = nil,
        atFront: Bool = false, job: JobOptions? = nil
    ) {
        self.envelope = envelope
        self.queue = queue
        self.notBefore = notBefore
        self.unique = unique
        self.atFront = atFront
        jobOnHeap = job.map(OnHeap.init)
    }
}

/// A key that only one message may hold at a time.
public struct UniqueClaim: Sendable, Hashable {
    public var key: String
    public var span: Uniqueness.Span

    public init(key: String, span: Uniqueness.Span) {
        self.key = key
        self.span = span
    }
}

/// What became of a publish.
public struct PublishReport: Sendable, Hashable {
    /// The calls that were not taken, each with the id of the call that holds its unique key (or its own id, if a
    /// message of that id waits or runs already).
    public var duplicates: [TaskID: TaskID]

    public init(duplicates: [TaskID: TaskID] = [:]) { self.duplicates = duplicates }
}

/// How many messages a queue holds, by where they stand.
public struct QueueCounts: Sendable, Hashable {
    public var ready: Int
    public var delayed: Int
    public var leased: Int
    public var dead: Int
    /// How long the oldest ready message has been due; `nil` if there is none.
    public var oldestReady: Duration?

    public init(ready: Int = 0, delayed: Int = 0, leased: Int = 0, dead: Int = 0, oldestReady: Duration? = nil) {
        self.ready = ready
        self.delayed = delayed
        self.leased = leased
        self.dead = dead
        self.oldestReady = oldestReady
    }

    /// Waiting in the queue: ready and delayed.
    public var waiting: Int { ready + delayed }
}
