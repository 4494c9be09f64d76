package import CeleriacCore
package import Foundation

/// A dead letter of another broker, encoded by the caller so that the writer's thread need not do it.
package struct StoredLetter: Sendable {
    package let id: TaskID
    package let message: StoredMessage
    package let queue: QueueName
    package let reason: String
    package let diedAt: Date

    package init(_ letter: DeadLetter) {
        id = letter.id
        message = StoredMessage(letter.envelope)
        queue = letter.queue
        reason = letter.reason
        diedAt = letter.diedAt
    }
}
