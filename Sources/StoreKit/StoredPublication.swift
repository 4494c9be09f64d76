package import CeleriacCore
package import Foundation

/// A publication whose envelope is encoded by the caller, so that the writer's thread need not do it.
package struct StoredPublication: Sendable {
    package let id: TaskID
    package let message: StoredMessage
    package let queue: QueueName
    package let notBefore: Date?
    package let unique: UniqueClaim?
    package let atFront: Bool

    package init(_ publication: Publication) {
        id = publication.envelope.id
        message = StoredMessage(publication.envelope)
        queue = publication.queue
        notBefore = publication.notBefore
        unique = publication.unique
        atFront = publication.atFront
    }

    package init(_ message: StoredMessage, to queue: QueueName) {
        id = message.id
        self.message = message
        self.queue = queue
        notBefore = nil
        unique = nil
        atFront = false
    }
}
