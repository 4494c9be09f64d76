import ArgumentParser
import Celeriac

// `control`: commands about the queues that workers consume.

struct ControlAddConsumerCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "add-consumer", abstract: "Have the workers consume one more queue.", aliases: ["add_consumer"]
    )

    @Argument(help: "The queue.")
    var queue: String
    @Option(help: "The exchange that it is bound to (default: one of the queue's name).")
    var exchange: String?
    @Option(help: "Of the exchange.")
    var exchangeType = Kind.direct
    @Option(help: "Of the binding (default: the queue's name).")
    var routingKey: String?
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

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

struct ControlCancelConsumerCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "cancel-consumer", abstract: "Have the workers no longer consume a queue.",
        aliases: ["cancel_consumer"]
    )

    @Argument(help: "The queue.")
    var queue: String
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] {
        try await workers.cancelConsumer(QueueName(queue))
    }
}
