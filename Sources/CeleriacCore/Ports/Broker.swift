#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Carries envelopes and leases them to consumers, which settle them.
///
/// ```
/// publish -> delayed -> ready -> leased -> acked | dead
///               ^                  |
///               '---- retry -------+---- release, lease lapsed -> ready
/// ```
///
/// Many callers may use one broker at once; calls made at the same time may be gathered into one round trip.
public protocol Broker: Sendable {
    /// How strictly it keeps what follows. The same for as long as the broker lives.
    var traits: BrokerTraits { get }

    /// Makes the envelopes durable. They are not visible to consumers before their `notBefore`.
    ///
    /// All or none of them, unless ``BrokerTraits/batch`` is `each`: then the report names those that were not taken, and an
    /// error means that none was.
    ///
    /// - Returns: the calls that were not taken because their like stands already.
    /// - Throws: ``BrokerError``.
    @discardableResult
    func publish(_ publications: [Publication]) async throws -> PublishReport

    /// Opens a consumer for the scope of `body`; on exit everything it holds unsettled is released, uncounted.
    func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value

    /// Deletes what waits in the queue, delayed messages included; leased and dead ones stay.
    ///
    /// - Returns: how many were deleted.
    func purge(_ queue: QueueName) async throws -> Int

    /// Does the broker's background work until cancelled: sweeping lapsed leases, deleting what expired.
    ///
    /// Any number of processes may run it at once. Publishing and reading need no one to run it.
    func run() async throws
}

/// An envelope on its way into a queue.
public struct Publication: Sendable {
    public var envelope: Envelope
    public var queue: QueueName
    /// `nil` = at once.
    public var notBefore: Date?
    /// Only for brokers whose ``BrokerTraits/uniqueKeys`` is true; others ignore it.
    public var unique: UniqueClaim?
    /// Before all others of its queue and priority. Only for brokers whose ``BrokerTraits/front`` is true; others ignore it.
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
    /// The calls that the broker did not take, each with the reason; only of brokers whose ``BrokerTraits/batch`` is `each`.
    public var untaken: [TaskID: String]

    public init(duplicates: [TaskID: TaskID] = [:], untaken: [TaskID: String] = [:]) {
        self.duplicates = duplicates
        self.untaken = untaken
    }
}
