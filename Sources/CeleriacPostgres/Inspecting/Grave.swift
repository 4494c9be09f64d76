import CeleriacCore
import PostgresClient
import StoreKit

/// A dead letter, and the same letter as a queued message.
struct Grave: Sendable {
    let letter: DeadLetter
    let message: QueuedMessage
    let stored: StoredMessage
    let number: Int64

    /// Reads the columns of `deadLetterColumns`.
    init(_ row: PostgresRow, _ store: PostgresStore) throws {
        let id = StoredKey.text(try row.text(0), try row.optionalText(1))
        stored = try StoredMessage(id: id, rank: try row.int(2), columns: 3, of: row)
        number = try row.int(14)
        let (envelope, queue) = (stored.envelopeForPeople(), try QueueName(try row.text(9)))
        letter = DeadLetter(
            id: TaskID(id), envelope: envelope, queue: queue, reason: StoredText.text(try row.text(12)),
            diedAt: store.clock.here(try row.date(13)))
        message = QueuedMessage(
            envelope: envelope, queue: queue, status: .dead, notBefore: nil,
            enqueuedAt: store.clock.here(try row.date(10)), deliveryCount: Int(clamping: try row.int(11)))
    }
}
