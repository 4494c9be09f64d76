import ArgumentParser
import Celeriac

/// A change that `beat` makes to entries that the user names.
protocol EntryChange {
    static var configuration: CommandConfiguration { get }
    /// The change in one word, such as "paused".
    static var word: String { get }

    /// - Returns: whether the entry exists.
    static func apply(to name: String, in timetable: Timetable) async throws -> Bool
}

/// `beat pause`: skips the ticks of entries until they are resumed.
enum EntryPause: EntryChange {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Skip the ticks of entries until they are resumed.")
    static let word = "paused"

    static func apply(to name: String, in timetable: Timetable) async throws -> Bool { try await timetable.pause(name) }
}

/// `beat resume`: ends the pause of entries.
enum EntryResumption: EntryChange {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Resume paused entries.",
        discussion:
            "Ticks that were due during the pause are missed; the entry's setting decides whether they are made up for."
    )
    static let word = "resumed"

    static func apply(to name: String, in timetable: Timetable) async throws -> Bool {
        try await timetable.resume(name)
    }
}

/// `beat delete`: deletes entries.
enum EntryDeletion: EntryChange {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete entries.",
        discussion: "An entry that code declares comes back when a beat of that program starts: pause it instead.")
    static let word = "deleted"

    static func apply(to name: String, in timetable: Timetable) async throws -> Bool {
        try await timetable.remove(name)
    }
}

/// Applies a change to each entry that the user names, and prints how many were changed.
struct BeatChangeCommand<Change: EntryChange>: AppCommand {
    static var configuration: CommandConfiguration { Change.configuration }

    @Argument(help: "The names of the entries.")
    var names: [String]
    @OptionGroup var output: OutputOptions

    /// - Throws: ``CommandFailure`` if an entry does not exist; the others are changed all the same.
    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let timetable = try app.timetable
        var outcome = ChangeOutcome()
        for name in names {
            if try await Change.apply(to: name, in: timetable) {
                outcome.changed.append(name)
            } else {
                outcome.missing.append(name)
            }
        }
        try terminal.show(outcome, Change.word, .entries, json: output.json)
    }
}
