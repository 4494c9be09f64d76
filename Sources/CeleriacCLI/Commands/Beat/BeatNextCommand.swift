import ArgumentParser
import Celeriac
import CeleriacCore
import Foundation

/// `beat next`: shows the times at which an entry is due.
struct BeatNextCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "Show when an entry is due next.",
        discussion: "Times are in UTC. A paused entry is shown as if it were resumed now."
    )

    @Argument(help: "The name of the entry.")
    var name: String
    @Option(help: "The number of due times to show, at most 1000.")
    var count = 10
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...1000).contains(count) { throw ValidationError("--count must be from 1 to 1000") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let record = try await app.timetable.knownEntry(name)
        let now = app.time.now
        let ticks = record.nextTicks(count, after: now)
        if output.json { return terminal.show(.array(ticks) { .date($0) }) }
        if record.entry.isPaused { terminal.note("Note: entry \"\(name)\" is paused.".onOneLine) }
        var table = Table(.whole("DUE"), .number("IN"))
        for tick in ticks {
            table.add(ISODate.text(tick), Duration.bounded(seconds: tick.timeIntervalSince(now)).brief)
        }
        terminal.show(table, else: "the entry is no longer due")
    }
}

extension Timetable {
    /// - Throws: ``CeleriacError`` with code `unknownEntry`.
    func knownEntry(_ name: String) async throws -> ScheduleRecord {
        if let record = try await entry(name) { return record }
        throw Self.unknown(name)
    }

    static func unknown(_ name: String) -> CeleriacError {
        CeleriacError(.unknownEntry, "the schedule has no entry \"\(name)\"")
    }
}
