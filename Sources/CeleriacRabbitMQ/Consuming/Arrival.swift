import AMQPClient
import CeleriacCore

/// A message that has arrived and can be claimed.
struct Arrival: Sendable {
    let delivery: AMQPDelivery
    let session: Session
    let envelope: Envelope
    let count: DeliveryCount
    let arrivedAt = ContinuousClock.now
}

/// Arrivals in their order.
struct ArrivalQueue: Sendable {
    private var items: [Arrival] = []
    private var head = 0

    var count: Int { items.count - head }
    var oldest: Arrival? { count > 0 ? items[head] : nil }

    mutating func append(_ arrivals: [Arrival]) { items += arrivals }

    mutating func take(upTo limit: Int) -> ArraySlice<Arrival> {
        let taken = items[head..<min(items.count, head + max(0, limit))]
        head += taken.count
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1_024, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return taken
    }

    mutating func takeAll() -> ArraySlice<Arrival> { take(upTo: count) }

    /// Drops the arrivals of a channel that has ended.
    mutating func drop(_ session: Session) {
        items = items[head...].filter { $0.session !== session }
        head = 0
    }
}
