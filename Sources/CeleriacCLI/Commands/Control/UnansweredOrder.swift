import ArgumentParser
import Celeriac
import CeleriacCore

/// A command of `control` without arguments, to which a worker that obeys need not reply.
protocol UnansweredOrder {
    /// The command's name is also the name that the workers receive.
    static var configuration: CommandConfiguration { get }
}

extension UnansweredOrder {
    /// The command that sends this order.
    static var command: any ParsableCommand.Type { UnansweredOrderCommand<Self>.self }
}

enum HeartbeatOrder: UnansweredOrder {
    static let configuration = CommandConfiguration.order(
        "heartbeat", "Tell the workers to send a heartbeat now.",
        discussion: "The heartbeat itself arrives as an event. Exits with 3 if no selected worker answers.")
}

enum ShutdownOrder: UnansweredOrder {
    static let configuration = CommandConfiguration.order(
        "shutdown", "Tell the workers to stop after their running calls.",
        discussion: """
            Stops all workers, unless --destination or --pattern selects some. Does not wait until they have \
            stopped. Exits with 3 if no selected worker answers, and with 1 if one refuses. Swift workers refuse \
            unless they were started with --control full.
            """)
}

/// Sends an order that needs no reply. A ping before it finds out which workers are there.
struct UnansweredOrderCommand<Order: UnansweredOrder>: AppCommand {
    static var configuration: CommandConfiguration { Order.configuration }

    @OptionGroup(title: "Workers to control") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    /// - Throws: ``CommandFailure`` if a worker refuses, if none is there, or if one that `--destination` names is not.
    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let name = Order.configuration.commandName ?? ""
        let present = try await audience.inspection(app).ping().map(\.node)
        let replies = present.isEmpty ? [] : try await audience.control(app).command(name)
        try terminal.showErrors(replies.compactMap(\.error))
        try audience.requireAnswers(from: present)
        if output.json { terminal.show(["told": .string(name)]) } else { terminal.print("told: \(name)".onOneLine) }
    }
}
