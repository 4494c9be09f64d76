/// A source of deliveries, and the only way to settle them.
///
/// A receipt belongs to the consumer that claimed it: only that consumer can settle it and extend its lease.
public protocol Consumer: Sendable {
    /// Claims up to `limit` due messages.
    ///
    /// Queues are tried in the given order; within a queue higher priorities come first, then messages that were due
    /// earlier, then those published earlier. This order is exact if ``BrokerTraits/claimOrder`` is `strict`; otherwise
    /// it is not guaranteed.
    ///
    /// - Parameters:
    ///   - limit: the caller's number of free slots; at least 1.
    ///   - order: the queues, the first ones first. A worker that was told to serve another queue passes one that the
    ///     consumer was not opened with: from then on the consumer serves it like the others.
    ///   - wait: whether to suspend until there is at least one message. Wakes within 20 ms of a publication by this or
    ///     another process.
    /// - Returns: at least one delivery if `wait`; otherwise possibly none.
    /// - Throws: `CancellationError` when cancelled; nothing is claimed then.
    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery]

    /// Ends deliveries of this consumer, each atomically. One that cannot be ended harms no other of the same call.
    ///
    /// - Returns: the receipts whose lease another consumer holds now, or that are settled already: nothing was changed
    ///   for these.
    /// - Throws: ``CompletionRefusal`` for deliveries that could not be ended, once the others are; otherwise
    ///   ``BrokerError``.
    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt>

    /// Extends the leases of deliveries of this consumer that are still running. Idempotent.
    ///
    /// - Parameter duration: counted from now, not from the old deadline, by the clock that ``BrokerTraits/clock``
    ///   names. A caller that also counts it by its own clock must start counting before the call.
    /// - Returns: the receipts whose lease was already lost. Do not settle these.
    /// - Throws: ``BrokerError``; the leases then run on unchanged.
    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt>

    /// Changes the capacity that the consumer was opened with, see ``ConsumerTerms/capacity``.
    ///
    /// Returns at once; a broker that pushes applies it as soon as it can. Deliveries that are held already stay held.
    /// The default implementation does nothing.
    func resize(to capacity: Int)

    /// Whether the broker sends messages ahead of the slots by itself, so that the worker needs no window of its own. The
    /// default implementation says no.
    var sendsAhead: Bool { get }

    /// The deliveries of this consumer that the broker takes back, reported as soon as it does so: for example those of
    /// a channel that has died.
    ///
    /// Their attempts are cancelled at once, and settling them is reported as lost. Supports one reader. A broker whose
    /// leases only end by time reports nothing here: ``extendLeases(_:by:)`` finds its losses. The default
    /// implementation is a stream that has ended.
    var losses: AsyncStream<Set<Receipt>> { get }
}

extension Consumer {
    public func resize(to capacity: Int) {}

    public var sendsAhead: Bool { false }

    public var losses: AsyncStream<Set<Receipt>> { AsyncStream { $0.finish() } }
}
