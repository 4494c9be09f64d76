import ArgumentParser
import Celeriac
import CeleriacCore

// `control`: commands about the workers themselves.

struct ControlEnableEventsCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "enable-events", abstract: "Have the workers tell of their calls.", aliases: ["enable_events"]
    )

    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.enableEvents() }
}

struct ControlDisableEventsCommand: ControlOrder {
    static let configuration = CommandConfiguration(
        commandName: "disable-events", abstract: "Have the workers tell of their calls no longer.",
        discussion: "One that was started with --task-events goes on.", aliases: ["disable_events"]
    )

    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>] { try await workers.disableEvents() }
}

struct ControlHeartbeatCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "heartbeat", abstract: "Have the workers send a heartbeat now.",
        discussion: "It is told and not waited for: the heartbeat comes as an event."
    )

    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        try await audience.control(app).heartbeat()
        terminal.showTold("heartbeat", json: output.json)
    }
}

struct ControlShutdownCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "shutdown", abstract: "Have the workers end, in order.",
        discussion: "All of them, unless --destination or --pattern says which. It is told and not waited for."
    )

    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        try await audience.control(app).shutdown()
        terminal.showTold("shutdown", json: output.json)
    }
}

/// Whatever else a worker may know.
struct ControlSendCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send any other command."
    )

    @Argument(help: "The command's name.")
    var name: String
    @Option(help: "Its arguments: a JSON object.")
    var arguments: KeywordsArgument?
    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let replies = try await audience.control(app).command(name, arguments?.values ?? [:])
        try terminal.show(replies, json: output.json, of: audience, \.text)
    }
}

extension Terminal {
    /// That something was told to whoever hears it.
    fileprivate func showTold(_ command: String, json: Bool) {
        if json { show(["told": .string(command)]) } else { print("told: \(command)".onOneLine) }
    }
}
