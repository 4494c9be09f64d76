import AMQPClient
import CeleriacCore

/// A delivery that a worker has claimed and not settled.
struct Held: Sendable {
    let receipt: Receipt
    let delivery: AMQPDelivery
    let session: Session
    /// When it was claimed, by the clock's uptime.
    let since: Duration
}

/// The deliveries that one consumer has handed out, by the tokens of their receipts. A receipt that is not here is lost
/// or settled.
struct HeldBook: Sendable {
    private var items: [Int64: Held] = [:]
    private var last: Int64 = 0

    var count: Int { items.count }

    /// - Returns: the receipt of the delivery from now on.
    mutating func add(_ arrival: Arrival, of queue: QueueName, at now: Duration) -> Receipt {
        last += 1
        let tag = Int64(truncatingIfNeeded: arrival.delivery.tag)
        let receipt = Receipt(message: tag, token: last, queue: queue)
        items[last] = Held(receipt: receipt, delivery: arrival.delivery, session: arrival.session, since: now)
        return receipt
    }

    /// Removes a delivery in order to settle it. The caller puts it back if it could not be settled.
    mutating func take(_ receipt: Receipt) -> Held? { items.removeValue(forKey: receipt.token) }

    mutating func putBack(_ held: Held) { items[held.receipt.token] = held }

    func holds(_ receipt: Receipt) -> Bool { items[receipt.token] != nil }

    /// Removes the deliveries of a channel that has ended.
    mutating func takeAll(of session: Session) -> Set<Receipt> {
        let lost = items.values.filter { $0.session === session }.map(\.receipt)
        for receipt in lost { items[receipt.token] = nil }
        return Set(lost)
    }
}
