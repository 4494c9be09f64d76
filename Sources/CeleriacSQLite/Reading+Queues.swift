import CeleriacCore
import Foundation
import GRDB
import StoreKit

extension Database {
    func queueNames() throws -> [QueueName] {
        let find = try use(ReadSQL.queues)
        var names: [QueueName] = []
        while try find.step() {
            if let name = QueueName(rawValue: find.text(0)) { names.append(name) }
        }
        return names
    }

    func counts(of queue: QueueName, at moment: Moment) throws -> QueueCounts {
        guard let number = try number(of: queue) else { return QueueCounts() }
        let count = try use(ReadSQL.counts, at: moment, in: number)
        guard try count.step() else { return QueueCounts() }
        let due = Int(count.int(2))
        let lapsed = Int(count.int(4))
        return QueueCounts(
            ready: Int(count.int(0)) + due + lapsed, delayed: Int(count.int(1)) - due, leased: Int(count.int(3)),
            dead: Int(count.int(5)), oldestReady: try oldestReady(in: number, at: moment))
    }

    private func oldestReady(in queue: Int64, at moment: Moment) throws -> Duration? {
        let find = try use(ReadSQL.oldestReady, at: moment, in: queue)
        guard try find.step(), let due = find.optionalDouble(0) else { return nil }
        return .bounded(seconds: max(0, moment.wallClock - due))
    }

    /// The first messages of a stage behind a key, each with its own key.
    func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after last: MessageKey?, limit: Int, at moment: Moment
    ) throws -> [(message: QueuedMessage, key: MessageKey)] {
        guard let number = try number(of: queue) else { return [] }
        var find = try use(ReadSQL.messages(status), at: moment, in: number)
        find.bind(Int64(limit))
        (last ?? MessageKey(before: status)).bind(to: &find, now: moment.wallClock)
        var messages: [(message: QueuedMessage, key: MessageKey)] = []
        while try find.step() { messages.append((try message(in: find, status), MessageKey(status, in: find))) }
        return messages
    }

    func message(of id: TaskID, at moment: Moment) throws -> QueuedMessage? {
        var find = try use(ReadSQL.message, at: moment)
        find.bind(id.rawValue)
        guard try find.step() else { return try grave(of: id)?.message }
        let isDelayed = find.optionalDouble(9).map { $0 > moment.wallClock } ?? false
        return try message(in: find, find.int(11) == 1 ? .leased : isDelayed ? .delayed : .ready)
    }

    private func message(
        in row: borrowing PreparedStatement, _ status: MessagePlace.Status
    ) throws -> QueuedMessage {
        QueuedMessage(
            envelope: StoredMessage(id: row.text(0), rank: row.int(1), columns: 2, of: row).envelopeForPeople(),
            queue: try QueueName(row.text(8)), status: status,
            notBefore: row.optionalDate(9),
            enqueuedAt: row.date(10), deliveryCount: row.count(12))
    }

    func position(of id: TaskID, at moment: Moment) throws -> Int? {
        guard try message(of: id, at: moment)?.status == .ready else { return nil }
        var find = try use(ReadSQL.place)
        find.bind(id.rawValue)
        guard try find.step() else { return nil }
        var count = try use(ReadSQL.position, at: moment, in: find.int(1))
        count.bind(find.int(2))
        count.bind(find.double(3))
        count.bind(find.int(0))
        return try count.step() ? Int(count.int(0)) : nil
    }

    /// Prepares a statement and binds its first four parameters: boot, uptime, queue and now.
    private func use(_ sql: String, at moment: Moment, in queue: Int64) throws -> PreparedStatement {
        var statement = try use(sql, at: moment)
        statement.bind(queue)
        statement.bind(moment.wallClock)
        return statement
    }

    // MARK: Dead letters

    /// A dead letter, and the same letter as a queued message.
    struct Grave {
        let letter: DeadLetter
        let message: QueuedMessage
    }

    func grave(of id: TaskID) throws -> Grave? {
        var find = try use(ReadSQL.deadLetterOf)
        find.bind(id.rawValue)
        guard try find.step() else { return nil }
        return try grave(in: find)
    }

    /// The dead letters whose number is below `last`, the newest first.
    func deadLetters(in queue: QueueName?, before last: Int64, limit: Int) throws -> Page<DeadLetter> {
        // A queue that nobody has published to has no number.
        let number = try queue.map { try self.number(of: $0) ?? 0 }
        let sql = number == nil ? ReadSQL.deadLetters : ReadSQL.deadLettersIn
        var find = try use(sql)
        find.bind(Int64(limit))
        find.bind(last)
        if let number { find.bind(number) }
        var page = Page<DeadLetter>([], next: nil)
        while try find.step() {
            page.items.append(try grave(in: find).letter)
            if page.items.count == limit { page.next = Cursor(rawValue: "\(find.int(13))") }
        }
        return page
    }

    func droppedDeadLetters() throws -> [QueueName: Int] {
        let find = try use(ReadSQL.droppedDeadLetters)
        var dropped: [QueueName: Int] = [:]
        while try find.step() {
            if let name = QueueName(rawValue: find.text(0)) { dropped[name] = Int(clamping: find.int(1)) }
        }
        return dropped
    }

    private func grave(in row: borrowing PreparedStatement) throws -> Grave {
        let envelope = StoredMessage(id: row.text(0), rank: row.int(1), columns: 2, of: row).envelopeForPeople()
        let queue = try QueueName(row.text(8))
        return Grave(
            letter: DeadLetter(
                id: TaskID(row.text(0)), envelope: envelope, queue: queue, reason: row.text(11),
                diedAt: row.date(12)),
            message: QueuedMessage(
                envelope: envelope, queue: queue, status: .dead, notBefore: nil,
                enqueuedAt: row.date(9), deliveryCount: row.count(10)))
    }
}
