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

/// What this process holds, by the token of its receipts. A receipt that is not here is lost, or settled.
final class HeldDeliveries: Sendable {
    private struct State {
        var deliveries: [Int64: Held] = [:]
        var last: Int64 = 0
    }
    private let state = Guarded(State())

    func add(
        _ consumer: Int64, tag: String, score: String, queue: QueueName, id: TaskID, broadcast: Broadcast? = nil
    ) -> Receipt {
        state.withLock { state in
            state.last += 1
            let held = Held(
                tag: tag, score: score, queue: queue, id: id, consumer: consumer, order: state.last,
                broadcast: broadcast)
            state.deliveries[state.last] = held
            return held.receipt
        }
    }

    func delivery(of receipt: Receipt) -> Held? { state.withLock { $0.deliveries[receipt.token] } }

    /// Takes a delivery out, to be settled; what could not be settled is put back.
    func take(_ receipt: Receipt) -> Held? { state.withLock { $0.deliveries.removeValue(forKey: receipt.token) } }

    func putBack(_ held: Held) {
        guard held.order > 0 else { return }
        state.withLock { $0.deliveries[held.order] = held }
    }

    /// Takes out what a consumer holds, the last claimed first.
    func takeAll(of consumer: Int64) -> [Held] {
        state.withLock { state in
            let own = state.deliveries.values.filter { $0.consumer == consumer }
            for held in own { state.deliveries[held.order] = nil }
            return own.sorted { $0.order > $1.order }
        }
    }
}
