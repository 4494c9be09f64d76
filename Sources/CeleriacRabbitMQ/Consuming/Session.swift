import AMQPClient
import CeleriacCore
import Synchronization

/// A channel on which deliveries arrive, and those of them that wait for their settlement.
///
/// The channel is their lease: when it ends, the server gives them to others. A settlement is only ever sent on the
/// channel that the delivery came on.
final class Session: Sendable {
    let channel: AMQPChannel
    /// The queue that only this consumer of a broadcast has; `nil` for a queue of tasks.
    let ownQueue: String?
    private let open = Guarded(OpenTags())

    init(_ channel: AMQPChannel, ownQueue: String?) {
        self.channel = channel
        self.ownQueue = ownQueue
    }

    func add(_ deliveries: [AMQPDelivery]) {
        open.withLock { open in for delivery in deliveries { open.append(delivery.tag) } }
    }

    /// The number of deliveries that wait for their settlement, from this tag on.
    func openCount(from tag: UInt64) -> Int { open.withLock { $0.count(from: tag) } }

    /// Acks deliveries, in one message as far as they are the oldest ones.
    ///
    /// - Throws: `AMQPError` if the channel has ended. The deliveries are lost then.
    func ack(_ deliveries: [AMQPDelivery]) throws {
        // The lock keeps the order: an ack of several must not overtake what was decided about one of them before.
        try open.withLock { open in
            let acks = open.ack(deliveries.map(\.tag))
            let others = Set(acks.others)
            for delivery in deliveries {
                if delivery.tag == acks.upTo {
                    try channel.ack(delivery, isMultiple: true)
                } else if others.contains(delivery.tag) {
                    try channel.ack(delivery)
                }
            }
        }
    }

    /// Gives a delivery back to its queue.
    ///
    /// - Throws: as ``ack(_:)``.
    func requeue(_ delivery: AMQPDelivery) throws {
        try open.withLock { open in
            open.remove(delivery.tag)
            try channel.reject(delivery, isRequeued: true)
        }
    }
}
