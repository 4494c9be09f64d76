package import CeleriacCore
import Synchronization

/// A delivery that this process holds, whatever its layout in Redis.
package protocol HeldDelivery: Sendable {
    /// The consumer that holds it, and its serial number in this process; 0 if it was never handed out.
    var consumer: Int64 { get }
    var order: Int64 { get }
}

/// The deliveries that this process holds, by the token of their receipts. A receipt that is not here is lost or
/// settled.
package final class HeldDeliveries<Item: HeldDelivery>: Sendable {
    private struct State {
        var deliveries: [Int64: Item] = [:]
        var last: Int64 = 0
    }
    private let state = Guarded(State())

    package init() {}

    /// - Parameter make: creates the delivery from its serial number.
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

    /// Removes a delivery in order to settle it. The caller puts it back if it could not be settled.
    package func take(_ receipt: Receipt) -> Item? {
        state.withLock { $0.deliveries.removeValue(forKey: receipt.token) }
    }

    package func putBack(_ held: Item) {
        guard held.order > 0 else { return }
        state.withLock { $0.deliveries[held.order] = held }
    }

    /// Removes all deliveries of a consumer and returns them, the last claimed first.
    package func takeAll(of consumer: Int64) -> [Item] {
        state.withLock { state in
            let own = state.deliveries.values.filter { $0.consumer == consumer }
            for held in own { state.deliveries[held.order] = nil }
            return own.sorted { $0.order > $1.order }
        }
    }
}
