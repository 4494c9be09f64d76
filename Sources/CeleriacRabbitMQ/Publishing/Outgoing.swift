import AMQPClient
import CeleriacCore

/// A message on its way, and how it reaches its queue.
struct Outgoing: Sendable {
    enum Way: Sendable, Hashable, CaseIterable {
        /// Straight into its queue, through the default exchange.
        case queue
        /// Straight into the queue of the dead letters of its queue.
        case deadQueue
        /// Straight into the queue that a consumer of a broadcast has for itself.
        case ownQueue
        /// Through the levels, in which it waits.
        case levels
        /// Through an exchange that the caller names.
        case exchange
    }

    let way: Way
    /// Unused if an exchange routes the message.
    let queue: QueueName
    let message: AMQPMessage
}
