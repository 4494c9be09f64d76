import ArgumentParser

/// `beat`: publishes periodic calls and manages the schedule.
struct BeatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "beat", abstract: "Publish periodic calls, and look after their schedule.",
        discussion: """
            Without a subcommand it publishes what is due until SIGTERM or SIGINT. Any number of beats may run on one broker, \
            in workers too (worker --beat): each tick is published once.
            """,
        subcommands: [
            BeatStartCommand.self, BeatListCommand.self, BeatNextCommand.self, BeatAddCommand.self,
            BeatChangeCommand<EntryPause>.self, BeatChangeCommand<EntryResumption>.self, BeatRunCommand.self,
            BeatChangeCommand<EntryDeletion>.self,
        ],
        defaultSubcommand: BeatStartCommand.self
    )
}
