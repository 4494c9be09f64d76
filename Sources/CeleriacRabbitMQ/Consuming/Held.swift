import AMQPClient
import CeleriacCore

/// A delivery that a worker has claimed and not settled.
struct Held: Sendable {
    let receipt: Receipt
    var delivery: AMQPDelivery
    var session: Session
    /// When it was claimed or renewed, by the clock's uptime.
    var since: Duration
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

    /// The deliveries that were claimed or renewed by then.
    func olderThan(_ instant: Duration) -> [Held] { items.values.filter { $0.since <= instant } }

    /// Lets another delivery of the same message take the place of a held one.
    ///
    /// - Returns: the one before; `nil` if it is not held any longer.
    mutating func replace(_ receipt: Receipt, by delivery: AMQPDelivery, of session: Session, at now: Duration) -> Held?
    {
        guard let before = items[receipt.token] else { return nil }
        items[receipt.token] = Held(receipt: receipt, delivery: delivery, session: session, since: now)
        return before
    }

    func holds(_ receipt: Receipt) -> Bool { items[receipt.token] != nil }

    /// Whether a delivery came through the queue of a ``Keeper``.
    func isKept(_ receipt: Receipt) -> Bool {
        items[receipt.token]?.delivery.routingKey.hasPrefix(Keeper.prefix) == true
    }

    /// Removes the deliveries of a channel that has ended.
    mutating func takeAll(of session: Session) -> Set<Receipt> {
        let lost = items.values.filter { $0.session === session }.map(\.receipt)
        for receipt in lost { items[receipt.token] = nil }
        return Set(lost)
    }
}
