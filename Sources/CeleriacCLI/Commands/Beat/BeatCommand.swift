import ArgumentParser

/// `beat`: publishes periodic calls and manages the schedule.
struct BeatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "beat", abstract: "Publish periodic calls and manage their schedule.",
        discussion: """
            Without a subcommand, beat publishes due calls until SIGTERM or SIGINT. Any number of beats may run \
            on one broker, also within workers (worker --beat): each tick is published once.
            """,
        subcommands: [
            BeatStartCommand.self, BeatListCommand.self, BeatNextCommand.self, BeatAddCommand.self,
            BeatChangeCommand<EntryPause>.self, BeatChangeCommand<EntryResumption>.self, BeatRunCommand.self,
            BeatChangeCommand<EntryDeletion>.self,
        ],
        defaultSubcommand: BeatStartCommand.self
    )
}
