/// How strictly a broker keeps the promises of ``Broker``, and which of the optional ones it makes.
///
/// Each broker declares its own. Callers read them, an app refuses what a broker cannot do, and the conformance suite skips
/// what was not promised, with the reason.
public struct BrokerTraits: Sendable, Hashable {
    /// In which order ``Consumer/next(upTo:from:wait:)`` hands messages out.
    public enum ClaimOrder: String, Sendable, Hashable {
        /// Queues as the claim names them, then priority, then the time at which a message was due, then publication.
        case strict
        /// As `strict`, but a message that was delayed or comes back arrives when it is moved to its queue.
        case arrival
        /// The order is a wish.
        case relaxed
    }

    public enum Settling: String, Sendable, Hashable {
        /// A settlement is one step, done only if the receipt still holds the delivery.
        case fenced
        /// What keeps the message (retry, release for later, dead letter) is published first, then the delivery is
        /// acknowledged: a connection that dies between the two leaves both.
        case publishThenAck = "publish, then ack"
    }

    public enum Batch: String, Sendable, Hashable {
        /// ``Broker/publish(_:)`` takes all calls or none.
        case atomic
        /// Each call is taken by itself; ``PublishReport/untaken`` names those that were not.
        case each
    }

    public enum Counting: String, Sendable, Hashable {
        case exact
        case atLeast = "at least"
    }

    public enum Clock: String, Sendable, Hashable {
        /// Due times and leases go by the `TimeSource` that the broker was made with, so tests can move them.
        case injected
        /// Due times and leases go by the server's clock.
        case server
    }

    public var claimOrder: ClaimOrder
    /// Whether a message of a higher priority overtakes those of a lower one.
    public var priorities: Bool
    public var settlement: Settling
    public var batch: Batch
    /// Whether a second call with the id of one that waits or runs is found out and not taken.
    public var knowsIDs: Bool
    /// Whether ``Publication/unique`` is kept.
    public var uniqueKeys: Bool
    /// Whether ``Publication/atFront`` is kept.
    public var front: Bool
    /// Whether a delivery is lost to others once its lease has run out. Without leases it is bound to its connection.
    public var leases: Bool
    /// Whether ``Publication/notBefore`` and its like are kept.
    public var delays: Bool
    public var deliveryCount: Counting
    /// Whether a delivery that was given back counts in ``Delivery/deliveryCount``.
    public var countsReleases: Bool
    /// Whether ids and names of tasks may be any text.
    public var anyNames: Bool
    /// Whether a body may be any bytes, under any content type.
    public var anyBytes: Bool
    public var clock: Clock

    /// The defaults are the strictest.
    public init(
        claimOrder: ClaimOrder = .strict, priorities: Bool = true, settlement: Settling = .fenced,
        batch: Batch = .atomic, knowsIDs: Bool = true, uniqueKeys: Bool = true, front: Bool = true,
        leases: Bool = true, delays: Bool = true, deliveryCount: Counting = .exact, countsReleases: Bool = false,
        anyNames: Bool = true, anyBytes: Bool = true, clock: Clock = .injected
    ) {
        self.claimOrder = claimOrder
        self.priorities = priorities
        self.settlement = settlement
        self.batch = batch
        self.knowsIDs = knowsIDs
        self.uniqueKeys = uniqueKeys
        self.front = front
        self.leases = leases
        self.delays = delays
        self.deliveryCount = deliveryCount
        self.countsReleases = countsReleases
        self.anyNames = anyNames
        self.anyBytes = anyBytes
        self.clock = clock
    }
}
