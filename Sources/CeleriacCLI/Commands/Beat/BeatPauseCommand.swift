import CeleriacCore
import ArgumentParser
import Celeriac

/// `beat pause`: skips the ticks of entries until they are resumed.
struct BeatPauseCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Leave out the ticks of entries until they are resumed."
    )

    @OptionGroup var selection: EntrySelection
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let timetable = try app.timetable
        try await selection.apply("paused", output, terminal) { try await timetable.pause($0) }
    }
}

/// `beat resume`: ends the pause of entries.
struct BeatResumeCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let entries go on.",
        discussion: "What became due while an entry was paused is missed: it is made up for as the entry says."
    )

    @OptionGroup var selection: EntrySelection
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let timetable = try app.timetable
        try await selection.apply("resumed", output, terminal) { try await timetable.resume($0) }
    }
}

/// `beat delete`: deletes entries.
struct BeatDeleteCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete entries.",
        discussion: "One that code declares comes back when a beat of that program starts: pause it instead."
    )

    @OptionGroup var selection: EntrySelection
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let timetable = try app.timetable
        try await selection.apply("deleted", output, terminal) { try await timetable.remove($0) }
    }
}

/// The entries that a command applies to.
struct EntrySelection: ParsableArguments {
    @Argument(help: "The names of the entries.")
    var names: [String]

    /// Applies `change` to each entry and prints how many were changed.
    ///
    /// - Parameters:
    ///   - word: the result in one word, such as "paused".
    ///   - change: returns whether the entry exists.
    /// - Throws: ``CommandFailure`` if an entry does not exist; the others are changed all the same.
    func apply(
        _ word: String, _ output: OutputOptions, _ terminal: Terminal, _ change: (String) async throws -> Bool
    ) async throws {
        var (changed, missing): ([String], [String]) = ([], [])
        for name in names {
            if try await change(name) { changed.append(name) } else { missing.append(name) }
        }
        if output.json {
            terminal.show([
                JSONKey(word): .array(changed, JSONValue.string), "missing": .array(missing, JSONValue.string),
            ])
        } else {
            terminal.print("\(word) \(changed.count == 1 ? "1 entry" : "\(changed.count) entries")")
        }
        guard missing.isEmpty else {
            throw CommandFailure(.notFound, "the schedule has no entry \(missing.joined(separator: ", "))")
        }
    }
}
