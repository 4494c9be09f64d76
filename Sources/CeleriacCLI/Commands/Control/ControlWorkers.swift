import ArgumentParser
import Celeriac
import CeleriacCore

// `control`: commands about the workers themselves.

struct EnableEventsOrder: ControlOrder {
    static let configuration = CommandConfiguration.order("enable-events", "Have the workers tell of their calls.")

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.enableEvents() }
}

struct DisableEventsOrder: ControlOrder {
    static let configuration = CommandConfiguration.order(
        "disable-events", "Have the workers tell of their calls no longer.",
        discussion: "One that was started with --task-events goes on.")

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.disableEvents() }
}

/// `control send`: sends any other command by its name.
struct OtherOrder: ControlOrder {
    static let configuration = CommandConfiguration.order("send", "Send any other command.")

    @Argument(help: "The command's name.")
    var name: String
    @Option(help: "Its arguments: a JSON object.")
    var arguments: KeywordsArgument?

    func give(to workers: RemoteControl) async throws -> [NodeReply<JSONValue>] {
        try await workers.command(name, arguments?.values ?? [:])
    }

    static func text(of reply: JSONValue) -> String { reply.text }
}
