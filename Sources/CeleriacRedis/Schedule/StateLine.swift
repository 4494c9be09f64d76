#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// The progress of an entry, as one line that a script reads and writes without JSON:
///
/// ```
/// revision paused first-seen last-tick runs last-published last-call
/// 17 0 1767225600000000 1767225660000000 1 1767225660012345 8a6e0804-…
/// ```
///
/// Points in time are microseconds since 1970; `-` if there is none; paused is 0 or 1. The id is last, because it may
/// hold spaces. After the last tick come a semicolon and ``DealtTicks/text``; earlier versions wrote the tick alone.
struct StateLine {
    static let none = "-"

    let text: String

    init(_ record: ScheduleRecord) {
        let state = record.state
        text = [
            "\(state.revision)", record.entry.isPaused ? "1" : "0", "\(state.firstSeen.sinceEpoch)",
            Self.tick(state.lastTick, state.dealt), "\(state.runs)", Self.word(state.lastPublished),
            state.lastCall?.rawValue ?? Self.none,
        ].joined(separator: " ")
    }

    /// The last tick, and all ticks that have been dealt with.
    static func tick(_ last: Date?, _ dealt: DealtTicks) -> String {
        dealt.text.isEmpty ? word(last) : "\(word(last));\(dealt.text)"
    }

    static func word(_ date: Date?) -> String { date.map { "\($0.sinceEpoch)" } ?? none }

    /// - Throws: ``CeleriacError`` with code `invalidSchedule`.
    static func record(_ entry: [UInt8], _ line: String) throws -> ScheduleRecord {
        var entry = try ScheduleEntry(parsing: entry)
        let words = line.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 7, let revision = Int64(words[0]), let firstSeen = Int64(words[2]),
            let runs = Int(words[4])
        else {
            throw CeleriacError(.invalidSchedule, "the state of entry \"\(entry.name)\" cannot be decoded")
        }
        entry.isPaused = words[1] == "1"
        let tick = words[3].split(separator: ";", maxSplits: 1)
        let state = ScheduleState(
            firstSeen: Date(sinceEpoch: firstSeen),
            lastTick: tick.first.flatMap { Int64($0) }.map(Date.init(sinceEpoch:)),
            dealt: tick.count > 1 ? DealtTicks(text: tick[1]) ?? DealtTicks() : DealtTicks(),
            lastCall: words[6] == none ? nil : TaskID(words[6]),
            lastPublished: Int64(words[5]).map(Date.init(sinceEpoch:)), runs: Int(count: runs), revision: revision)
        return ScheduleRecord(entry: entry, state: state)
    }
}
