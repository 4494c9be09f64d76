import ArgumentParser
import Celeriac

// `control`: commands about the queues that workers consume.

struct AddConsumerOrder: ControlOrder {
    static let configuration = CommandConfiguration.order("add-consumer", "Tell the workers to consume one more queue.")

    @Argument(help: "The queue.")
    var queue: String
    @Option(help: "The exchange to which the queue is bound (default: one with the queue's name).")
    var exchange: String?
    @Option(help: "The type of the exchange.")
    var exchangeType = Kind.direct
    @Option(help: "The routing key of the binding (default: the queue's name).")
    var routingKey: String?

    enum Kind: String, ExpressibleByArgument, CaseIterable { case direct, topic, fanout }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        let kind: Exchange.Kind =
            switch exchangeType {
            case .direct: .direct
            case .topic: .topic
            case .fanout: .fanout
            }
        return try await workers.addConsumer(QueueName(queue), exchange: exchange, kind: kind, routingKey: routingKey)
    }
}

struct CancelConsumerOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "cancel-consumer", "Tell the workers to stop consuming a queue.")

    @Argument(help: "The queue.")
    var queue: String

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.cancelConsumer(QueueName(queue))
    }
}
