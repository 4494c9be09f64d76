import CeleriacCore
import Foundation
import GRDB

/// Reads the schedule, in any transaction, including the writer's.
extension Database {
    func scheduleGeneration() throws -> Int64 {
        let find = try use(ReadSQL.generationOfSchedule)
        return try find.step() ? find.int(0) : 0
    }

    /// Returns all entries. Unreadable entries are included by name, with the reason.
    func schedule() throws -> ScheduleSnapshot {
        var snapshot = ScheduleSnapshot(generation: try scheduleGeneration(), records: [])
        var records: [ScheduleRecord] = []
        let find = try use(ReadSQL.entries)
        while try find.step() {
            do { records.append(try find.scheduleRecord()) } catch let error as CeleriacError {
                snapshot.unreadable[find.text(0)] = "\(error)"
            }
        }
        return ScheduleSnapshot(
            generation: snapshot.generation, records: records, unreadable: snapshot.unreadable)
    }

    /// - Throws: ``CeleriacError`` if the entry is unreadable.
    func scheduleRecord(of name: String) throws -> ScheduleRecord? {
        var find = try use(ReadSQL.entry)
        find.bind(name)
        return try find.step() ? try find.scheduleRecord() : nil
    }
}

extension PreparedStatement {
    /// Reads a record from the columns of ``ReadSQL/entries``.
    fileprivate func scheduleRecord() throws -> ScheduleRecord {
        var entry = try ScheduleEntry(parsing: bytes(8))
        entry.isPaused = int(2) == 1
        let state = ScheduleState(
            firstSeen: Date(sinceEpoch: int(3)), lastTick: isNull(4) ? nil : Date(sinceEpoch: int(4)),
            dealt: optionalText(9).flatMap { DealtTicks(text: $0) } ?? DealtTicks(),
            lastCall: optionalText(5).map { TaskID($0) },
            lastPublished: isNull(6) ? nil : Date(sinceEpoch: int(6)), runs: count(7), revision: int(1))
        return ScheduleRecord(entry: entry, state: state)
    }
}
