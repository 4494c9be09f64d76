import ArgumentParser
import Celeriac
import CeleriacCore

/// `control`: sends commands to workers.
struct ControlCommandGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control", abstract: "Tell workers what to do, Python's too.",
        discussion: """
            For brokers that have remote control (memory, Redis). The workers answer; what a command changes lasts until \
            the worker ends. Celery's names with underscores will do as well. Exits with 3 if no worker answered, or \
            one that --destination names did not; with 1 if one refused. Swift's workers obey revoke, terminate and \
            the commands about events; all else they refuse unless they were started with --control full.
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Calls",
                subcommands: [
                    ControlRevokeCommand.self, ControlTerminateCommand.self, ControlRevokeByHeadersCommand.self,
                ]
            ),
            CommandGroup(name: "Tasks", subcommands: [ControlRateLimitCommand.self, ControlTimeLimitCommand.self]),
            CommandGroup(
                name: "Pools",
                subcommands: [
                    ControlPoolGrowCommand.self, ControlPoolShrinkCommand.self, ControlAutoscaleCommand.self,
                    ControlPoolRestartCommand.self,
                ]
            ),
            CommandGroup(
                name: "Queues", subcommands: [ControlAddConsumerCommand.self, ControlCancelConsumerCommand.self]
            ),
            CommandGroup(
                name: "Workers",
                subcommands: [
                    ControlEnableEventsCommand.self, ControlDisableEventsCommand.self, ControlHeartbeatCommand.self,
                    ControlShutdownCommand.self, ControlSendCommand.self,
                ]
            ),
        ]
    )
}

/// A command that each worker answers with a text of its own.
protocol ControlOrder: AppCommand {
    var audience: AudienceOptions { get }
    var output: OutputOptions { get }

    func give(to workers: RemoteControl) async throws -> [NodeReply<String>]
}

extension ControlOrder {
    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let replies = try await give(to: audience.control(app))
        try terminal.show(replies, json: output.json, of: audience) { $0 }
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
