import CeleriacCore
import StoreKit

/// A delivery of ours, as the scripts know it.
struct Held: Sendable {
    let tag: String
    /// The index's score that our claim wrote: the fence.
    let score: String
    let queue: QueueName
    let id: TaskID
    /// Which consumer got it, and as the how-manyth of this process; 0 = it was never handed out.
    let consumer: Int64
    let order: Int64
    /// Of a broadcast: nothing of it lies in Redis.
    var broadcast: Broadcast?

    var receipt: Receipt { Receipt(message: order, token: order, queue: queue) }
}

extension Held: HeldDelivery {}

extension HeldDeliveries<Held> {
    func add(
        _ consumer: Int64, tag: String, score: String, queue: QueueName, id: TaskID, broadcast: Broadcast? = nil
    ) -> Receipt {
        add { order in
            Held(
                tag: tag, score: score, queue: queue, id: id, consumer: consumer, order: order, broadcast: broadcast)
        }.receipt
    }
}
