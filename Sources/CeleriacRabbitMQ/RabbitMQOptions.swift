public import CeleriacCore

/// How a store uses RabbitMQ. Celery's names of these settings are in quotes.
public struct RabbitMQOptions: Sendable {
    /// The type of a queue that the store must declare because nobody has done so before.
    public enum QueueType: String, Sendable, Hashable {
        /// As Celery declares it by default: durable, without any argument. The server decides the type, usually
        /// classic.
        case plain
        /// Replicated, with `x-queue-type: quorum`. "task_default_queue_type".
        case quorum
    }

    /// Default ``QueueType/plain``, because a worker of Python's that is started later declares its queues in this way
    /// and fails if they have other arguments. Use ``QueueType/quorum`` if all programs of the virtual host do.
    public var queueType: QueueType
    /// The type of the 28 queues in which delayed messages wait. "broker_native_delayed_delivery_queue_type"; default
    /// quorum, as in Celery. All programs of a virtual host must use the same type.
    public var delayQueueType: QueueType
    /// The most deliveries that a consumer without a capacity of its own asks for at once. Default 256; clamped to 1 to
    /// 65,535.
    public var prefetch: Int
    /// The server's `consumer_timeout`, after which it takes a delivery back; default 30 minutes, as on the server. A
    /// worker renews its deliveries at 80 % of it. At least one second.
    public var consumerTimeout: Duration
    /// The largest message that is decoded. A larger one is parked.
    public var limits: MessageLimits

    public init() {
        queueType = .plain
        delayQueueType = .quorum
        prefetch = 256
        consumerTimeout = .seconds(30 * 60)
        limits = MessageLimits(
            bodyBytes: MessageLimits.hardBodyBytes, json: JSONLimits(stringBytes: 24 << 20, documentBytes: 32 << 20))
    }

    /// AMQP counts it in 16 bits, and 0 means no limit there.
    var boundedPrefetch: Int { min(65_535, max(1, prefetch)) }
}
