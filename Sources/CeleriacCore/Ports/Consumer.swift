/// A source of deliveries, and the only way to settle them.
///
/// A receipt belongs to the consumer that claimed it: settle it and extend its lease there.
public protocol Consumer: Sendable {
    /// Claims up to `limit` due messages.
    ///
    /// Queues are tried in the order given; within a queue higher priorities come first, then those due earlier, then
    /// those published earlier. This order is exact where ``BrokerTraits/claimOrder`` is `strict`; otherwise it is a wish.
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

    /// Ends deliveries of this consumer, each atomically.
    ///
    /// - Returns: the receipts whose lease another consumer holds now, or that are settled already: nothing was done for
    ///   these.
    /// - Throws: ``BrokerError``.
    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt>

    /// Extends the leases of deliveries of this consumer that are still running. Idempotent.
    ///
    /// - Parameter duration: counted from now, not from the old deadline, by the clock that ``BrokerTraits/clock`` names. A
    ///   caller that counts along by a clock of its own starts before it asks.
    /// - Returns: the receipts whose lease was already lost. Do not settle these.
    /// - Throws: ``BrokerError``; the leases then run on unchanged.
    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt>

    /// Changes the capacity that the consumer was opened with, see ``ConsumerTerms/capacity``.
    ///
    /// Returns at once; a broker that pushes obeys as soon as it can. What is held already stays held. The default
    /// implementation does nothing.
    func resize(to capacity: Int)

    /// The deliveries of this consumer that the broker takes back, as soon as it does: those of a channel that has died,
    /// for example.
    ///
    /// Their attempts are cancelled at once, and settling them is reported as lost. For one reader. A broker whose leases
    /// only end by time has nothing to say here: ``extendLeases(_:by:)`` finds its losses. The default implementation is a
    /// stream that has ended.
    var losses: AsyncStream<Set<Receipt>> { get }
}

extension Consumer {
    public func resize(to capacity: Int) {}

    public var losses: AsyncStream<Set<Receipt>> { AsyncStream { $0.finish() } }
}
