import CeleriacCore
import ArgumentParser
import Celeriac
import Foundation

/// `beat list`: lists the entries with their last calls and next ticks.
struct BeatListCommand: AppCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the entries of the schedule.")

    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let records = try await app.timetable.entries
        let now = app.time.now
        if output.json {
            terminal.show(.array(records) { .entry($0, now) })
        } else {
            terminal.show(table(records, now), else: "no entries")
        }
    }

    private func table(_ records: [ScheduleRecord], _ now: Date) -> Table {
        var table = Table(
            .text("ENTRY"), .text("TASK"), .prose("SCHEDULE"), .number("RUNS"), .number("LAST"), .prose("NEXT")
        )
        for record in records {
            let last = record.state.lastPublished.map {
                "\(Duration.bounded(seconds: now.timeIntervalSince($0)).brief) ago"
            }
            table.add(
                record.name, "\(record.entry.task)", "\(record.entry.schedule)", "\(record.state.runs)", last ?? "-",
                record.next(now)
            )
        }
        return table
    }
}

extension ScheduleRecord {
    /// Describes when the entry is due next.
    fileprivate func next(_ now: Date) -> String {
        if entry.isPaused { return "paused" }
        guard let next = nextTicks(1, after: now).first else { return "never" }
        return "\(ISODate.text(next)), in \(Duration.bounded(seconds: next.timeIntervalSince(now)).brief)"
    }
}

extension JSONValue {
    static func entry(_ record: ScheduleRecord, _ now: Date) -> JSONValue {
        let (entry, state) = (record.entry, record.state)
        let owner: JSONValue = if case .code(let owner) = entry.source { .string(owner) } else { .null }
        return [
            "name": .string(record.name), "task": .text(entry.task), "schedule": .text(entry.schedule),
            "queue": .text(entry.queue), "priority": entry.priority.map { .count($0.rawValue) } ?? .null,
            "expires": .seconds(entry.expires), "overlap": .string(entry.overlap.rawValue),
            "paused": .bool(entry.isPaused), "owner": owner, "runs": .count(state.runs),
            "first_seen": .date(state.firstSeen), "last_tick": .date(state.lastTick),
            "last_published": .date(state.lastPublished), "last_id": .text(state.lastCall),
            "next": entry.isPaused ? .null : .date(record.nextTicks(1, after: now).first),
        ]
    }
}
