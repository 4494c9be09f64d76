/// Carries envelopes and leases them to consumers, which settle them.
///
/// ```
/// publish -> delayed -> ready -> leased -> acked | dead
///               ^                  |
///               '---- retry -------+---- release, lease lapsed -> ready
/// ```
///
/// Many callers may use one broker at once; simultaneous calls may be combined into one round trip.
public protocol Broker: Sendable {
    /// How strictly the broker keeps the promises below. Constant over its lifetime.
    var traits: BrokerTraits { get }

    /// The kind of broker, in one lower-case word: `redis`. Errors and `inspect stats` show it.
    var transport: String { get }

    /// Whether no other process can reach its messages. Default: no.
    var isProcessLocal: Bool { get }

    /// Makes the envelopes durable. They are not visible to consumers before their `notBefore`.
    ///
    /// Takes all of them or none, unless ``BrokerTraits/batch`` is `each`: then the report names those that were not
    /// taken, and an error means that none was taken.
    ///
    /// - Returns: the calls that were not taken because an equal call exists already.
    /// - Throws: ``BrokerError``.
    @discardableResult
    func publish(_ publications: [Publication]) async throws -> PublishReport

    /// Opens a consumer for the scope of `body`. On exit it releases all unsettled deliveries; these attempts are not
    /// counted.
    func withConsumer<Value: Sendable>(
        _ terms: ConsumerTerms, _ body: (any Consumer) async throws -> Value
    ) async throws -> Value

    /// Deletes the waiting messages of the queue, delayed ones included; leased messages and dead letters stay.
    ///
    /// - Returns: the number of deleted messages.
    func purge(_ queue: QueueName) async throws -> Int

    /// The order of the priorities in signatures that this broker's messages carry. Default: 9 is served first.
    ///
    /// Programs in Python read these signatures too, so each broker uses Celery's order for its transport.
    var signaturePriorities: PriorityOrder { get }

    /// Runs the broker's background work until cancelled: it collects lapsed leases and deletes expired data.
    ///
    /// Any number of processes may run it at once. Publishing and reading work without it.
    func run() async throws
}

extension Broker {
    public var signaturePriorities: PriorityOrder { .highFirst }
    public var isProcessLocal: Bool { false }
}
