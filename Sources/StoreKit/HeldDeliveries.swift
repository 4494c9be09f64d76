package import CeleriacCore
import Synchronization

/// A delivery that this process holds, whatever its layout in Redis.
package protocol HeldDelivery: Sendable {
    /// Which consumer got it, and as the how-manyth of this process; 0 = it was never handed out.
    var consumer: Int64 { get }
    var order: Int64 { get }
}

/// What this process holds, by the token of its receipts. A receipt that is not here is lost, or settled.
package final class HeldDeliveries<Item: HeldDelivery>: Sendable {
    private struct State {
        var deliveries: [Int64: Item] = [:]
        var last: Int64 = 0
    }
    private let state = Guarded(State())

    package init() {}

    /// - Parameter make: makes it from its order.
    package func add(_ make: (_ order: Int64) -> Item) -> Item {
        state.withLock { state in
            state.last += 1
            let held = make(state.last)
            state.deliveries[state.last] = held
            return held
        }
    }

    package func delivery(of receipt: Receipt) -> Item? { state.withLock { $0.deliveries[receipt.token] } }

    package func first(where isWanted: (Item) -> Bool) -> Item? {
        state.withLock { $0.deliveries.values.first(where: isWanted) }
    }

    /// Takes a delivery out, to be settled; what could not be settled is put back.
    package func take(_ receipt: Receipt) -> Item? {
        state.withLock { $0.deliveries.removeValue(forKey: receipt.token) }
    }

    package func putBack(_ held: Item) {
        guard held.order > 0 else { return }
        state.withLock { $0.deliveries[held.order] = held }
    }

    /// Takes out what a consumer holds, the last claimed first.
    package func takeAll(of consumer: Int64) -> [Item] {
        state.withLock { state in
            let own = state.deliveries.values.filter { $0.consumer == consumer }
            for held in own { state.deliveries[held.order] = nil }
            return own.sorted { $0.order > $1.order }
        }
    }
}
