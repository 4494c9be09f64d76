import ArgumentParser

/// `dead`: manages the calls that could not be run or failed for good.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Manage dead letters.",
        discussion: "A dead letter is a call that could not be run or failed for good, stored with the reason.",
        subcommands: [
            DeadListCommand.self, DeadShowCommand.self, DeadChangeCommand<DeadLetterRequeue>.self,
            DeadChangeCommand<DeadLetterDeletion>.self,
        ],
        defaultSubcommand: DeadListCommand.self
    )
}
