import AMQPClient
import CeleriacCore

/// How the queues of tasks and of dead letters are declared if nobody has declared them before.
///
/// A queue that exists must not be declared again: the server closes the channel if its arguments differ.
enum QueueDeclaration {
    /// The queue as Celery declares it: durable, with a direct exchange of the same name.
    ///
    /// Source: `celery/app/amqp.py` (`Queues.new_missing`), `kombu/entity.py`.
    static func declarations(of queue: QueueName, _ type: RabbitMQOptions.QueueType) -> [Declaration] {
        let name = queue.rawValue
        return [
            .exchange(name, .direct), .queue(name, arguments: arguments(type)),
            .queueBinding(queue: name, exchange: name, routingKey: name),
        ]
    }

    /// The queue of the dead letters of a queue. It needs no exchange.
    static func deadLetterDeclarations(of queue: QueueName, _ type: RabbitMQOptions.QueueType) -> [Declaration] {
        [.queue(deadQueue(of: queue), arguments: arguments(type))]
    }

    /// The name of the queue of its dead letters: the name and `.dead`. A name that would be too long is cut, and a hash
    /// of the whole name is put in place of the rest.
    static func deadQueue(of queue: QueueName) -> String {
        let name = queue.rawValue
        let whole = name + suffix
        guard whole.utf8.count > longestName else { return whole }
        let hash = "-" + UUID5.text(namespace: namespace, name: name)
        return name.cut(toBytes: longestName - hash.utf8.count - suffix.utf8.count) + hash + suffix
    }

    /// The most bytes of a name in AMQP.
    static let longestName = 255
    private static let suffix = ".dead"
    private static let namespace = [UInt8](repeating: 0, count: 16)

    private static func arguments(_ type: RabbitMQOptions.QueueType) -> AMQPTable {
        switch type {
        case .plain: [:]
        case .quorum: ["x-queue-type": "quorum"]
        }
    }
}
