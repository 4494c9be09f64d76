/// How strictly a broker keeps the promises of ``Broker``, and which of the optional ones it makes.
///
/// Each broker declares its own traits. Callers read them, an app refuses options that a broker does not support, and
/// the conformance suite skips the checks of promises that were not made, with the reason.
public struct BrokerTraits: Sendable, Hashable {
    /// In which order ``Consumer/next(upTo:from:wait:)`` hands messages out.
    public enum ClaimOrder: String, Sendable, Hashable {
        /// Queues in the order of the claim, then priority, then the time at which a message was due, then publication.
        case strict
        /// As `strict`, but a message that was delayed or comes back is ordered by the time at which it is moved to its
        /// queue.
        case arrival
        /// The order is not guaranteed.
        case relaxed
    }

    public enum Settling: String, Sendable, Hashable {
        /// A settlement is one step, carried out only if the receipt still holds the delivery.
        case fenced
        /// If the message is kept (retry, release for later, dead letter), it is published first and the delivery is
        /// acknowledged after that: if the connection dies between the two, both copies exist.
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

    /// Which numbers a ``QueueCounter`` knows.
    public enum Counts: String, Sendable, Hashable {
        /// All of them.
        case all
        /// Ready messages and dead letters.
        case ready
    }

    public enum Clock: String, Sendable, Hashable {
        /// Due times and leases use the `TimeSource` that the broker was made with, so tests can move them.
        case injected
        /// Due times and leases use the server's clock.
        case server
    }

    public var claimOrder: ClaimOrder
    /// Whether a message of a higher priority overtakes those of a lower one.
    public var priorities: Bool
    public var settlement: Settling
    public var batch: Batch
    /// Whether a second call with the id of a waiting or running call is detected and not taken.
    public var knowsIDs: Bool
    /// Whether the broker honours ``Publication/unique``.
    public var uniqueKeys: Bool
    /// Whether the broker honours ``Publication/atFront``.
    public var front: Bool
    /// Whether others can take a delivery once its lease has run out. Without leases a delivery is bound to its
    /// connection.
    public var leases: Bool
    /// Whether the broker honours ``Publication/notBefore`` and other delays.
    public var delays: Bool
    public var deliveryCount: Counting
    /// Whether a delivery that was given back is counted in ``Delivery/deliveryCount``.
    public var countsReleases: Bool
    public var counts: Counts
    /// Whether ids and task names may be any text.
    public var anyNames: Bool
    /// Whether a body may be any bytes, with any content type.
    public var anyBytes: Bool
    public var clock: Clock

    /// The default values are the strictest ones.
    public init(
        claimOrder: ClaimOrder = .strict, priorities: Bool = true, settlement: Settling = .fenced,
        batch: Batch = .atomic, knowsIDs: Bool = true, uniqueKeys: Bool = true, front: Bool = true,
        leases: Bool = true, delays: Bool = true, deliveryCount: Counting = .exact, countsReleases: Bool = false,
        counts: Counts = .all, anyNames: Bool = true, anyBytes: Bool = true, clock: Clock = .injected
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
        self.counts = counts
        self.anyNames = anyNames
        self.anyBytes = anyBytes
        self.clock = clock
    }
}
