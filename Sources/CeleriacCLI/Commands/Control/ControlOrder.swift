import ArgumentParser
import Celeriac

/// One command of `control`: its name, its arguments, and how it is sent to the workers.
///
/// ``ControlOrderCommand`` adds the options that all of them share, and prints the replies.
protocol ControlOrder: ParsableArguments {
    associatedtype Reply: Sendable = String

    static var configuration: CommandConfiguration { get }

    /// Completes the arguments with what the app knows, such as the rest of a shortened id.
    mutating func complete(with app: TaskApp) async throws

    func give(to workers: RemoteControl) async throws -> [NodeReply<Reply>]

    /// Returns the text that is printed for the reply of a worker.
    static func text(of reply: Reply) -> String
}

extension ControlOrder {
    /// The command that sends this order.
    static var command: any ParsableCommand.Type { ControlOrderCommand<Self>.self }

    mutating func complete(with app: TaskApp) async throws {}
}

extension ControlOrder where Reply == String {
    static func text(of reply: String) -> String { reply }
}

/// Sends an order to workers and prints one line for each worker that replies.
struct ControlOrderCommand<Order: ControlOrder>: AppCommand {
    static var configuration: CommandConfiguration { Order.configuration }

    @OptionGroup var order: Order
    @OptionGroup(title: "Workers to control") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        var order = order
        try await order.complete(with: app)
        let replies = try await order.give(to: audience.control(app))
        try terminal.show(replies, json: output.json, of: audience, Order.text)
    }
}

extension CommandConfiguration {
    /// The configuration of an order. Its name with underscores, as Celery writes it, is an alias.
    static func order(_ name: String, _ abstract: String, discussion: String = "") -> CommandConfiguration {
        let celeryName = name.replacing("-", with: "_")
        return CommandConfiguration(
            commandName: name, abstract: abstract, discussion: discussion,
            aliases: celeryName == name ? [] : [celeryName])
    }
}

extension Terminal {
    /// Prints one line for each worker.
    ///
    /// - Throws: ``CommandFailure`` if a worker refused, if none answered, or if one that `--destination` names did
    ///   not.
    func show<Value>(
        _ replies: [NodeReply<Value>], json: Bool, of audience: AudienceOptions, _ text: (Value) -> String
    ) throws {
        if json {
            show(.array(replies, JSONValue.reply))
        } else {
            for reply in replies {
                if let value = reply.value { print("\(reply.node): \(text(value))".onOneLine) }
            }
        }
        try showErrors(replies.compactMap(\.error))
        try audience.requireAnswers(from: replies.map(\.node))
    }
}
