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
        discussion: "The heartbeat itself comes as an event. Exits with 3 if no such worker answers."
    )

    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        try await terminal.tell("heartbeat", to: audience, app, json: output.json)
    }
}

struct ControlShutdownCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "shutdown", abstract: "Have the workers end, in order.",
        discussion: """
            All of them, unless --destination or --pattern says which. Their end is not waited for. Exits with 3 if no \
            such worker answers, with 1 if one refuses: Swift's do unless they were started with --control full.
            """
    )

    @OptionGroup(title: "Whom to tell") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        try await terminal.tell("shutdown", to: audience, app, json: output.json)
    }
}

/// `control send`: sends any other command by its name.
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
    /// Sends a command to which an obeying worker need not reply. A ping before it finds out which workers are there.
    ///
    /// - Throws: ``CommandFailure`` if a worker refuses, if none is there, or if one that `--destination` names is not.
    fileprivate func tell(
        _ command: String, to audience: AudienceOptions, _ app: TaskApp, json: Bool
    ) async throws {
        let present = try await audience.inspection(app).ping().map(\.node)
        let replies = present.isEmpty ? [] : try await audience.control(app).command(command)
        try showErrors(replies.compactMap(\.error))
        try audience.requireAnswers(from: present)
        if json { show(["told": .string(command)]) } else { print("told: \(command)".onOneLine) }
    }
}
