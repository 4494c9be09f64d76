import CeleriacCore
import Foundation
import StoreKit

extension StoredMessage {
    /// Reads content type, content encoding, correlation id, reply-to, headers and body from six columns, starting at
    /// `first`.
    init(id: String, rank: Int64, columns first: Int32, of row: borrowing PreparedStatement) {
        self.init(
            id: TaskID(id), priority: Place.priority(ofRank: rank), contentType: row.optionalText(first),
            contentEncoding: row.optionalText(first + 1), correlationID: row.optionalText(first + 2),
            replyTo: row.optionalText(first + 3), headers: row.bytes(first + 4), body: row.bytes(first + 5))
    }
}

extension StoredPart {
    /// Reads place, id, state and result.
    init(_ row: borrowing PreparedStatement) {
        self.init(place: row.int(0), id: row.text(1), state: TaskState(row.text(2)), result: row.bytes(3))
    }
}

extension PreparedStatement {
    /// Binds the six columns that ``StoredMessage/init(id:rank:columns:of:)`` reads.
    mutating func bind(_ message: StoredMessage) {
        bind(message.contentType)
        bind(message.contentEncoding)
        bind(message.correlationID)
        bind(message.replyTo)
        bind(message.headers)
        bind(message.body)
    }
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
