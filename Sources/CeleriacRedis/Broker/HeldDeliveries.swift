import CeleriacCore
import Synchronization

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

/// A delivery that this process holds, whatever its layout in Redis.
protocol HeldDelivery: Sendable {
    /// Which consumer got it, and as the how-manyth of this process; 0 = it was never handed out.
    var consumer: Int64 { get }
    var order: Int64 { get }
}

/// What this process holds, by the token of its receipts. A receipt that is not here is lost, or settled.
final class HeldDeliveries<Item: HeldDelivery>: Sendable {
    private struct State {
        var deliveries: [Int64: Item] = [:]
        var last: Int64 = 0
    }
    private let state = Guarded(State())

    /// - Parameter make: makes it from its order.
    func add(_ make: (_ order: Int64) -> Item) -> Item {
        state.withLock { state in
            state.last += 1
            let held = make(state.last)
            state.deliveries[state.last] = held
            return held
        }
    }

    func delivery(of receipt: Receipt) -> Item? { state.withLock { $0.deliveries[receipt.token] } }

    func first(where isWanted: (Item) -> Bool) -> Item? {
        state.withLock { $0.deliveries.values.first(where: isWanted) }
    }

    /// Takes a delivery out, to be settled; what could not be settled is put back.
    func take(_ receipt: Receipt) -> Item? { state.withLock { $0.deliveries.removeValue(forKey: receipt.token) } }

    func putBack(_ held: Item) {
        guard held.order > 0 else { return }
        state.withLock { $0.deliveries[held.order] = held }
    }

    /// Takes out what a consumer holds, the last claimed first.
    func takeAll(of consumer: Int64) -> [Item] {
        state.withLock { state in
            let own = state.deliveries.values.filter { $0.consumer == consumer }
            for held in own { state.deliveries[held.order] = nil }
            return own.sorted { $0.order > $1.order }
        }
    }
}

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
