import CeleriacCore
import Foundation
import GRDB

extension Database {
    func record(of id: TaskID, at moment: Moment) throws -> TaskRecord? {
        var find = try use(ReadSQL.record, at: moment)
        find.bind(id.rawValue)
        guard try find.step() else { return nil }
        let isExpired = find.optionalDouble(7).map { $0 <= moment.wallClock } ?? false
        var stored = find.isNull(0) || isExpired ? nil : try find.record(of: id, from: 0)
        stored?.children = try find.optionalBytes(16).map { try [ResultNode](parsing: $0) } ?? []
        // The place of the message matters only until the call has ended.
        guard !find.isNull(12), stored?.state.isTerminal != true else { return stored }
        return TaskRecord.derived(stored: stored, place: place(in: find, of: id, at: moment), id: id)
    }

    private func place(in row: borrowing PreparedStatement, of id: TaskID, at moment: Moment) -> MessagePlace? {
        guard let queue = QueueName(rawValue: row.text(13)) else { return nil }
        // A message with unreadable headers becomes a dead letter when it is claimed; until then it waits like any
        // other.
        let headers = (try? MessageHeaders(parsing: row.bytes(12))) ?? MessageHeaders(id: id, task: "unreadable")
        let isDelayed = row.optionalDouble(14).map { $0 > moment.wallClock } ?? false
        let status: MessagePlace.Status = row.int(15) == 1 ? .leased : isDelayed ? .delayed : .ready
        return MessagePlace(status: status, queue: queue, task: headers.task, attempt: headers.attempt)
    }

    func revocations(among ids: [TaskID], at moment: Moment) throws -> [TaskID: Revocation] {
        var found: [TaskID: Revocation] = [:]
        for id in ids {
            var find = try use(ReadSQL.revocation)
            find.bind(id.rawValue)
            find.bind(moment.wallClock)
            guard try find.step() else { continue }
            let until = find.date(1)
            found[id] = Revocation(id: id, terminate: find.int(0) == 1, until: until)
        }
        return found
    }

    /// Increases with each revocation; 0 before the first.
    func revocationGeneration() throws -> Int64 {
        let find = try use(ReadSQL.generation)
        return try find.step() ? find.int(0) : 0
    }
}
