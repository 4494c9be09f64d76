import Foundation
import Synchronization

/// The line between a transaction and the thread whose connection it holds.
final class TransactionLine: Sendable {
    /// A request of the transaction.
    enum Order: Sendable {
        case run([PostgresCall])
        case commit
        case rollback
    }

    struct PendingOrder: Sendable {
        let order: Order
        fileprivate let caller: CheckedContinuation<PendingCall.Answer, Never>?

        func answer(_ answer: PendingCall.Answer) { caller?.resume(returning: answer) }
    }

    private struct State {
        var orders: [PendingOrder] = []
        /// The error that further orders fail with.
        var end: PostgresError?
    }

    private let state = Mutex(State())
    private let alarm = DispatchSemaphore(value: 0)

    var isOver: Bool { state.withLock { $0.end != nil } }

    // MARK: The transaction

    func carryOut(_ order: Order) async throws(PostgresError) -> [PostgresRows] {
        let answer = await withCheckedContinuation { caller in add(PendingOrder(order: order, caller: caller)) }
        return try answer.get()
    }

    /// Rolls back without waiting for it.
    func abandon() { add(PendingOrder(order: .rollback, caller: nil)) }

    private func add(_ order: PendingOrder) {
        let end = state.withLock { state in
            if state.end == nil { state.orders.append(order) }
            return state.end
        }
        if let end { order.answer(.failure(end)) } else { alarm.signal() }
    }

    // MARK: The thread

    /// Waits for the next order.
    ///
    /// - Returns: `nil` when the time is over, or the line has ended.
    func next(until due: ContinuousClock.Instant) -> PendingOrder? {
        while true {
            let (order, isOver) = state.withLock { state in
                (state.orders.isEmpty ? nil : state.orders.removeFirst(), state.end != nil)
            }
            if let order { return order }
            if isOver || Due.isPast(due) { return nil }
            _ = alarm.wait(timeout: due.dispatchTime)
        }
    }

    /// Fails all further orders. Only the first call has an effect.
    func end(_ error: PostgresError) {
        let (orders, end) = state.withLock { state in
            defer { state.orders = [] }
            let end = state.end ?? error
            state.end = end
            return (state.orders, end)
        }
        for order in orders { order.answer(.failure(end)) }
        alarm.signal()
    }
}
