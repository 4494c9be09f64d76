import ArgumentParser
import Celeriac
import CeleriacCore

/// `list`: lists what the broker's exchanges know.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what the broker's exchanges know.",
        subcommands: [ListBindingsCommand.self]
    )
}

/// `list bindings`: lists the queues that are bound to exchanges.
struct ListBindingsCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "bindings", abstract: "List the queues that are bound to exchanges.",
        discussion: """
            For brokers that let clients read bindings (Redis). RabbitMQ shows its bindings by rabbitmqctl \
            list_bindings and in its management interface only.
            """
    )

    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let bindings = try await app.backend.require(.bindings).bindings()
        if output.json { return terminal.show(.array(bindings, \.document)) }
        var table = Table(.text("QUEUE"), .text("EXCHANGE"), .text("KEY"))
        for binding in bindings { table.add("\(binding.queue)", binding.exchange, binding.key) }
        terminal.show(table, else: "no bindings")
    }
}

extension QueueBinding {
    fileprivate var document: JSONValue {
        ["queue": .text(queue), "exchange": .string(exchange), "routing_key": .string(key)]
    }
}
