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

    /// Why a broker that does not meet the need does not keep the promise.
    var objection: String {
        switch self {
        case .order: "it does not guarantee the order of claims"
        case .strictOrder: "its claims do not follow the times at which messages are due"
        case .priorities: "a higher priority does not overtake a lower one"
        case .front: "it cannot put a message in front of its queue"
        case .uniqueKeys: "it keeps no unique keys"
        case .ids: "it does not know which ids wait or run"
        case .leases: "a delivery ends with its connection, not by a lease"
        case .delays: "it keeps no delayed messages"
        case .uncountedReleases: "it counts a delivery that was given back"
        case .exactCounts: "it only knows that a message was delivered at least so often"
        case .fence: "it settles in two steps: publish, then ack"
        case .atomicBatch: "it takes the calls of a publish one by one"
        case .movableTime: "a server's clock decides, which a test cannot move"
        case .counts: "it does not count the messages of a queue"
        case .allCounts: "it counts ready messages and dead letters only"
        case .anyNames: "it refuses some ids and names of tasks"
        case .anyBytes: "it refuses some bodies"
        }
    }

    /// The trait that the need is about, and the value that meets it.
    var trait: String {
        switch self {
        case .order: "`claimOrder`: strict or arrival"
        case .strictOrder: "`claimOrder`: strict"
        case .priorities: "`priorities`"
        case .front: "`front`"
        case .uniqueKeys: "`uniqueKeys`"
        case .ids: "`knowsIDs`"
        case .leases: "`leases`"
        case .delays: "`delays`"
        case .uncountedReleases: "`countsReleases`: no"
        case .exactCounts: "`deliveryCount`: exact"
        case .fence: "`settlement`: fenced"
        case .atomicBatch: "`batch`: atomic"
        case .movableTime: "`clock`: injected"
        case .counts: "the port `QueueCounter`"
        case .allCounts: "`counts`: all"
        case .anyNames: "`anyNames`"
        case .anyBytes: "`anyBytes`"
        }
    }
}
