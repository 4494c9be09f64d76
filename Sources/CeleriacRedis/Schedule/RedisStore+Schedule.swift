#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import RESPClient
import RedisKit
import StoreKit

/// The beat's schedule in three keys of our own next to kombu's. Calls are published to kombu's lists in the same
/// script that records the tick.
extension RedisStore: ScheduleBroker {
    public func schedule() async throws -> ScheduleSnapshot {
        let (book, stored) = try await readSchedule(nil)
        return ScheduleSnapshot(
            generation: book.generation, records: Array(book.records.values), unreadable: stored.unreadable)
    }

    public func scheduleGeneration() async throws -> Int64 {
        try await send(RESPCommand("GET", keys.schedule[2])).text.flatMap(Int64.init) ?? 0
    }

    public func scheduleRecord(of name: String) async throws -> ScheduleRecord? {
        let (book, stored) = try await readSchedule(name)
        if let reason = stored.unreadable[name] { throw CeleriacError(.invalidSchedule, reason) }
        return book.records[name]
    }

    public func put(_ entry: ScheduleEntry) async throws {
        try entry.check()
        try await changeSchedule(entry.name) { book, now in try book.put(entry, at: now) }
    }

    public func synchronize(_ entries: [ScheduleEntry], of owner: String) async throws {
        for entry in entries { try entry.check() }
        try await changeSchedule(nil) { book, now in try book.synchronize(entries, of: owner, at: now) }
    }

    public func removeEntry(_ name: String) async throws -> Bool {
        try await run(Scripts.removeEntry, keys: keys.schedule, [name]).integer == 1
    }

    public func setPaused(_ isPaused: Bool, _ name: String) async throws -> Bool {
        try await changeSchedule(name) { book, now in try book.setPaused(isPaused, name, at: now) }
    }

    /// Publishes and advances the last tick in one script. Messages to a fanout exchange are sent after it, and reach
    /// only current listeners.
    public func take(_ step: ScheduleStep) async throws -> PublishReport? {
        let routed = try await exchanges.route(step.publications, of: step.entry, in: self)
        let queues = Set(routed.messages.map(\.queue))
        try await declare(queues, deadline: client.configuration.deadline)
        var words = heading() + step.words
        words.append(routed.messages.count)
        for message in routed.messages { message.append(to: &words) }
        let answer = try await run(Scripts.step, keys: keys.shared + keys.schedule, words)
        if answer.isNull { return nil }
        let refused = try answer.textsByIndex(below: routed.messages.count, of: "STEP")
        wakeUps.ring(queues)
        for broadcast in routed.broadcasts { try await send(broadcast) }
        var report = PublishReport()
        for (index, holder) in refused { report.duplicates[routed.messages[index].id] = TaskID(holder) }
        return report
    }

    public func claim(_ step: ScheduleStep, by beat: String, for lease: Duration) async throws -> Bool {
        let words: RESPWords = [
            step.entry, step.revision, StateLine.word(step.after), step.through == nil ? "0" : "1", beat,
            step.at.sinceEpoch, lease.wholeMicroseconds,
        ]
        return try await run(Scripts.claimStep, keys: keys.claim(of: step.entry), words).integer == 1
    }

    public func mark(_ step: ScheduleStep, _ report: PublishReport) async throws -> Bool {
        let published = step.publications.map(\.envelope.id).filter { report.duplicates[$0] == nil }
        let words = step.words + [published.count, published.last?.rawValue ?? StateLine.none]
        return try await run(Scripts.markStep, keys: keys.claim(of: step.entry), words).integer == 1
    }

    /// Uses a key that the step writes and the end of the call deletes, and the place where the message was put. No
    /// list is searched, however long it is. The place shows when a Python worker has ended a call without a result,
    /// but not when it retries one.
    public func isStanding(_ call: TaskID, of entry: String) async throws -> Bool {
        let words: RESPWords = [DeliveryTag.EntryHold.digest(of: entry), call.rawValue]
        return try await run(Scripts.stand, words).integer == 1
    }

    // MARK: Reading and changing

    /// How often a change is decided again because others have changed or published meanwhile.
    private static let mostAttempts = 100

    /// Reads entries, changes them here, and writes the outcome. If somebody else was faster, starts over.
    private func changeSchedule<Value>(
        _ name: String?, _ body: (inout ScheduleBook, Date) throws -> Value
    ) async throws -> Value {
        for _ in 0..<Self.mostAttempts {
            let (old, stored) = try await readSchedule(name)
            var new = old
            let value = try body(&new, time.now)
            guard new.generation != old.generation else { return value }
            let words = try words(from: old, to: new, stored)
            if try await run(Scripts.changeSchedule, keys: keys.schedule, words).integer == 1 { return value }
        }
        throw BrokerError(.busy, "the schedule in Redis changes too fast; try again")
    }

    /// The ARGV of ``Scripts/changeSchedule``.
    private func words(from old: ScheduleBook, to new: ScheduleBook, _ stored: StoredSchedule) throws -> RESPWords {
        var words: RESPWords = [old.generation, new.generation]
        for name in new.removals(since: old) {
            words = words + [name, stored.lines[name] ?? "", "", ""]
        }
        for record in new.changes(since: old) {
            words = words + [record.name, stored.lines[record.name] ?? "", StateLine(record).text]
            words.append(try record.entry.json)
        }
        return words
    }

    /// - Parameter name: the only entry to read; `nil` for all.
    private func readSchedule(_ name: String?) async throws -> (ScheduleBook, StoredSchedule) {
        let answer = try await run(Scripts.readSchedule, keys: keys.schedule, name.map { [$0] } ?? []).elements ?? []
        guard answer.count == 3, let entries = answer[1].elements, let lines = answer[2].elements else {
            throw BrokerError(.corrupt, "the schedule in Redis has a format that this program does not know")
        }
        var stored = StoredSchedule()
        var records: [ScheduleRecord] = []
        for place in stride(from: 0, to: lines.count - 1, by: 2) {
            if let name = lines[place].text { stored.lines[name] = lines[place + 1].text }
        }
        for place in stride(from: 0, to: entries.count - 1, by: 2) {
            guard let name = entries[place].text, let text = entries[place + 1].bytes else { continue }
            do {
                records += [try StateLine.record(text, stored.lines[name] ?? "")]
            } catch let error as CeleriacError {
                stored.unreadable[name] = "\(error)"
            }
        }
        let generation = answer[0].text.flatMap(Int64.init) ?? 0
        return (ScheduleBook(generation: generation, records: records), stored)
    }
}

/// What was read in addition to the records: the lines that must be unchanged when a change is written, and the
/// unreadable entries.
private struct StoredSchedule {
    var lines: [String: String] = [:]
    var unreadable: [String: String] = [:]
}

extension ScheduleStep {
    /// The first five words of ``Scripts/step``: name, revision, the last tick before and after, the time.
    fileprivate var words: RESPWords {
        [
            entry, revision, StateLine.word(after),
            through.map { StateLine.tick($0, dealt) } ?? "", at.sinceEpoch,
        ]
    }
}

extension RedisKeys {
    /// HASH name -> entry as JSON; HASH name -> ``StateLine``; STR the generation.
    var schedule: [String] { [own("schedule"), own("schedule.state"), own("schedule.generation")] }

    /// The keys of the states of entries, and of the claim of one entry's next step.
    func claim(of entry: String) -> [String] { [own("schedule.state"), own("schedule.claim.\(entry)")] }
}
