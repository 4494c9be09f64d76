import ArgumentParser

/// `dead`: manages the calls that could not be run or failed for good.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Look after dead letters.",
        discussion: "A dead letter is a call that could not be run or failed for good, kept with its reason.",
        subcommands: [
            DeadListCommand.self, DeadShowCommand.self, DeadChangeCommand<DeadLetterRequeue>.self,
            DeadChangeCommand<DeadLetterDeletion>.self,
        ],
        defaultSubcommand: DeadListCommand.self
    )
}
