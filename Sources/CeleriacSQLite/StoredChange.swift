import CeleriacCore
import Foundation

/// A state change whose failure and children are encoded.
struct StoredChange: Sendable {
    let change: StateChange
    let failure: [UInt8]?
    /// `nil` = none, as almost always.
    let children: [UInt8]?

    var id: TaskID { change.record.id }

    init(_ change: StateChange) {
        self.change = change
        let record = change.record
        failure = record.failure?.json
        children = record.children.isEmpty ? nil : record.children.json
    }

    /// The states that do not yield to this one, as three parameters of a statement.
    var blockers: [String] {
        Self.blockersOfOver[change.record.state] ?? Self.over.map(\.rawValue)
    }

    private static let over: [TaskState] = [.success, .failure, .revoked]

    /// For the states that may overwrite one that is over. Padded with a state that nothing has, since `NULL` in a list
    /// makes `NOT IN` unknown.
    private static let blockersOfOver = Dictionary(
        uniqueKeysWithValues: over.map { state in
            let blockers = over.filter { !$0.yields(to: state) }.map(\.rawValue)
            return (state, blockers + Array(repeating: "", count: over.count - blockers.count))
        })
}

extension PreparedStatement {
    /// Binds the twelve columns of a record.
    mutating func bind(_ stored: StoredChange) {
        let record = stored.change.record
        bind(record.state.rawValue)
        bind(Int64(record.attempt))
        bind(record.task?.rawValue)
        bind(record.queue?.rawValue)
        bind(record.worker)
        bind(record.startedAt?.timeIntervalSinceReferenceDate)
        bind(record.at?.timeIntervalSinceReferenceDate)
        bind(stored.change.expires?.timeIntervalSinceReferenceDate)
        bind(record.parentID?.rawValue)
        bind(stored.failure)
        bind(record.meta)
        bind(record.result)
    }

    /// Reads the twelve columns of a record.
    func record(of id: TaskID, from first: Int32) throws -> TaskRecord {
        var record = TaskRecord(id: id, state: TaskState(text(first)), attempt: count(first + 1))
        record.task = optionalText(first + 2).map(TaskName.init(rawValue:))
        record.queue = optionalText(first + 3).flatMap(QueueName.init(rawValue:))
        record.worker = optionalText(first + 4)
        record.startedAt = optionalDate(first + 5)
        record.at = optionalDate(first + 6)
        record.parentID = optionalText(first + 8).map(TaskID.init(rawValue:))
        record.failure = try optionalBytes(first + 9).map { try TaskFailure(parsing: $0) }
        record.meta = optionalBytes(first + 10)
        record.result = optionalBytes(first + 11)
        return record
    }
}
