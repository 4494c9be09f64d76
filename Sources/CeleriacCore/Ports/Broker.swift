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

    /// What kind of broker it is, in one lower-case word: `redis`. Errors and `inspect stats` show it.
    var transport: String { get }

    /// Whether nobody outside of this process can reach its messages. Default no.
    var isProcessLocal: Bool { get }


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

    /// What a priority means in the signatures that this broker's messages carry. Default: 9 is served first.
    ///
    /// Programs in Python read these signatures too, so the answer is Celery's for this transport.
    var signaturePriorities: PriorityOrder { get }

    /// Does the broker's background work until cancelled: sweeping lapsed leases, deleting what expired.
    ///
    /// Any number of processes may run it at once. Publishing and reading need no one to run it.
    func run() async throws
}

extension Broker {
    public var signaturePriorities: PriorityOrder { .highFirst }
    public var isProcessLocal: Bool { false }
}
