import CeleriacCore
import CeleriacWire
import Logging
import RESPClient
import StoreKit

/// The channels of a consumer: hints that it is worth looking, and the messages of fanout exchanges.
struct ConsumerListener: Sendable {
    private let consumer: RedisConsumer
    /// The channels and patterns of fanout exchanges, with the queue that each is bound to.
    private let broadcasts: [String: QueueName]
    private let hints: [String: QueueName]

    /// - Parameter hearsAll: whether to listen to every hint, because it is not known yet which lists will be watched.
    init(_ consumer: RedisConsumer, hearsAll: Bool) {
        self.consumer = consumer
        let store = consumer.store
        var broadcasts: [String: QueueName] = [:]
        var hints: [String: QueueName] = [:]
        let unwatched = consumer.unwatchedQueues
        for queue in consumer.queues {
            for route in store.exchanges.fanouts(of: queue) {
                // Kombu subscribes the same way: the `#` of a binding becomes the glob's `*`.
                let key = route.routingKey.replacing("#", with: "*")
                broadcasts[store.keys.channel(route.exchange, key: key)] = queue
            }
            hints[store.keys.hint(.wake, queue)] = queue
            // A consumer that watches the first list is woken by that watch.
            if hearsAll || unwatched.contains(queue) { hints[store.keys.hint(.push, queue)] = queue }
        }
        self.broadcasts = broadcasts
        self.hints = hints
    }

    var channels: [String] { broadcasts.keys.filter { !$0.contains("*") } + hints.keys }
    var patterns: [String] { broadcasts.keys.filter { $0.contains("*") } }

    /// Messages sent before this are lost, so all waiters look again.
    func isListening() { consumer.store.wakeUps.ring(consumer.queues) }

    func received(_ messages: [RESPMessage]) {
        var rung: Set<QueueName> = []
        for message in messages {
            if let queue = hints[message.channel] {
                rung.insert(queue)
            } else if let queue = broadcasts[message.pattern ?? message.channel] {
                take(message.payload, for: queue)
                rung.insert(queue)
            }
        }
        consumer.store.wakeUps.ring(rung)
    }

    private func take(_ raw: [UInt8], for queue: QueueName) {
        do {
            let message = try KombuEnvelope.decode(raw, limits: consumer.store.options.limits)
            consumer.inbox.add(message.envelope, to: queue, notBefore: message.envelope.headers.eta)
        } catch {
            // A broadcast is in no list from which it could be parked: others received it, too.
            consumer.store.logger.warning(
                "A broadcast that cannot be read was passed over", metadata: ["queue": "\(queue)", "error": "\(error)"])
        }
    }
}
