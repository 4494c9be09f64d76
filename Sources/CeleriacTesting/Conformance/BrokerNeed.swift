import CeleriacCore

/// An ability that a check of the suite needs from a broker, apart from publishing, claiming and settling.
public enum BrokerNeed: Sendable, Hashable, CaseIterable {
    /// Claims follow the order of arrival within each queue.
    case order
    /// Claims follow the order of due times.
    case strictOrder
    case priorities, front, uniqueKeys, ids, leases, delays
    case uncountedReleases, exactCounts
    /// A settlement has no effect if the receipt no longer belongs to the holder of the lease.
    case fence
    case atomicBatch
    /// The test can move the broker's clock.
    case movableTime
    /// The broker is a ``QueueCounter``.
    case counts
    /// The broker is a ``QueueCounter`` that knows delayed and leased messages too.
    case allCounts
    case anyNames, anyBytes

    /// Returns the reason why a broker does not meet the need; `nil` if it does.
    func objection<Store: Broker>(to traits: BrokerTraits, of type: Store.Type) -> String? {
        isMet(by: traits, of: type) ? nil : objection
    }

    private func isMet<Store: Broker>(by traits: BrokerTraits, of type: Store.Type) -> Bool {
        switch self {
        case .order: traits.claimOrder != .relaxed
        case .strictOrder: traits.claimOrder == .strict
        case .priorities: traits.priorities
        case .front: traits.front
        case .uniqueKeys: traits.uniqueKeys
        case .ids: traits.knowsIDs
        case .leases: traits.leases
        case .delays: traits.delays
        case .uncountedReleases: !traits.countsReleases
        case .exactCounts: traits.deliveryCount == .exact
        case .fence: traits.settlement == .fenced
        case .atomicBatch: traits.batch == .atomic
        case .movableTime: traits.clock == .injected
        case .counts: type is any QueueCounter.Type
        case .allCounts: type is any QueueCounter.Type && traits.counts == .all
        case .anyNames: traits.anyNames
        case .anyBytes: traits.anyBytes
        }
    }

    private var objection: String {
        switch self {
        case .order: "its order of claims is a wish"
        case .strictOrder: "its claims do not follow due times"
        case .priorities: "it has no priorities"
        case .front: "it puts no message at the front"
        case .uniqueKeys: "it keeps no unique keys"
        case .ids: "it does not know which ids wait or run"
        case .leases: "its deliveries are bound to a connection, not to a lease"
        case .delays: "it keeps no delayed messages"
        case .uncountedReleases: "it counts deliveries that were given back"
        case .exactCounts: "its delivery counts are lower bounds"
        case .fence: "it settles in two steps, publish and ack"
        case .atomicBatch: "it takes the calls of a publish one by one"
        case .movableTime: "its times go by a server's clock"
        case .counts: "it counts no queues"
        case .allCounts: "it counts ready messages and dead letters only"
        case .anyNames: "it refuses some ids and names"
        case .anyBytes: "it refuses some bodies"
        }
    }
}
