import CeleriacCore
import StoreKit

/// A delivery that this process holds, as the scripts know it.
struct Held: Sendable {
    let tag: String
    /// The score that our claim wrote into the index. Scripts use it as the fence.
    let score: String
    let queue: QueueName
    let id: TaskID
    /// The consumer that holds it, by its serial number in this process; 0 if it was never handed out.
    let consumer: Int64
    let order: Int64
    /// The message, if it is a broadcast: then Redis holds nothing of it.
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
