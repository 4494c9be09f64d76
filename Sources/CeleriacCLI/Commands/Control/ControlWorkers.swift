import ArgumentParser
import Celeriac
import CeleriacCore

// `control`: commands about the workers themselves.

struct EnableEventsOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "enable-events", "Tell the workers to send events about their calls.")

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.enableEvents() }
}

struct DisableEventsOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "disable-events", "Tell the workers to stop sending events about their calls.",
        discussion: "A worker that was started with --task-events continues.")

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.disableEvents() }
}

/// `control send`: sends any other command by its name.
struct OtherOrder: ControlOrder {
    static let configuration = CommandConfiguration.order("send", "Send any other command by its name.")

    @Argument(help: "The name of the command.")
    var name: String
    @Option(help: "The arguments of the command: a JSON object. (default: none)")
    var arguments: KeywordsArgument?

    func give(to workers: RemoteControl) async throws -> [NodeReply<JSONValue>] {
        try await workers.command(name, arguments?.values ?? [:])
    }

    static func text(of reply: JSONValue) -> String { reply.text }
}
