import CeleriacCore
import Foundation
import Synchronization

/// A message of a fanout exchange; it exists only in this process.
struct Broadcast: Sendable {
    let envelope: Envelope
    let deliveryCount: Int
    let inbox: BroadcastInbox
}

/// The messages that a consumer received from fanout exchanges and has not handed out yet. They are lost with the
/// process, as in kombu.
final class BroadcastInbox: Sendable {
    private struct Item {
        var queue: QueueName
        var envelope: Envelope
        var deliveryCount: Int
        var due: Date?
    }
    private let items = Guarded<[Item]>([])

    func add(_ envelope: Envelope, to queue: QueueName, deliveryCount: Int = 1, notBefore due: Date? = nil) {
        items.withLock { items in
            items.append(Item(queue: queue, envelope: envelope, deliveryCount: deliveryCount, due: due))
        }
    }

    /// Takes the messages that are due.
    func take(
        upTo limit: Int, from queues: [QueueName], now: Date
    ) -> [(queue: QueueName, envelope: Envelope, deliveryCount: Int)] {
        items.withLock { items in
            var taken: [(queue: QueueName, envelope: Envelope, deliveryCount: Int)] = []
            items.removeAll { item in
                guard taken.count < limit, queues.contains(item.queue), item.due.map({ $0 <= now }) ?? true else {
                    return false
                }
                taken.append((item.queue, item.envelope, item.deliveryCount))
                return true
            }
            return taken
        }
    }

    /// When the next message becomes due; `nil` if none is waiting for its time.
    var nextDue: Date? { items.withLock { $0.compactMap(\.due).min() } }
}
