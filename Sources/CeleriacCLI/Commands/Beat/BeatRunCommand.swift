import ArgumentParser
import Celeriac
import CeleriacCore

/// `beat run`: publishes a call of an entry now.
struct BeatRunCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Publish a call of an entry now, outside its schedule.",
        discussion: "Works for paused entries too, and leaves the schedule as it is. No beat needs to run."
    )

    @Argument(help: "The name of the entry.")
    var name: String
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        terminal.noteIfLost("the call", with: app)
        let result = try await app.timetable.runNow(name)
        if output.json { terminal.show(["id": .text(result.id)]) } else { terminal.print("\(result.id)".onOneLine) }
    }
}
