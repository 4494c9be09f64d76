#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Shows queues without changing them, and removes single messages.
public protocol Inspector: Sendable {
    /// The queues that hold or have held a message, sorted by name.
    func queues() async throws -> [QueueName]

    /// The messages of a queue in the order in which they would be claimed.
    func messages(
        in queue: QueueName, _ status: MessagePlace.Status, offset: Int, limit: Int
    ) async throws -> [QueuedMessage]

    /// The message of a call, if the broker holds it, dead letters included.
    func message(of id: TaskID) async throws -> QueuedMessage?

    /// The number of messages that would be claimed before it; `nil` if it is not ready.
    func position(of id: TaskID) async throws -> Int?

    /// Removes a waiting message from its queue permanently.
    ///
    /// - Returns: whether there was such a message.
    func remove(_ id: TaskID) async throws -> Bool
}

/// A message as it is stored in its queue.
public struct QueuedMessage: Sendable {
    public var envelope: Envelope
    public var queue: QueueName
    public var status: MessagePlace.Status
    public var notBefore: Date?
    public var enqueuedAt: Date
    public var deliveryCount: Int

    public init(
        envelope: Envelope, queue: QueueName, status: MessagePlace.Status, notBefore: Date?, enqueuedAt: Date,
        deliveryCount: Int
    ) {
        self.envelope = envelope
        self.queue = queue
        self.status = status
        self.notBefore = notBefore
        self.enqueuedAt = enqueuedAt
        self.deliveryCount = deliveryCount
    }

    public var id: TaskID { envelope.id }

    public var place: MessagePlace {
        MessagePlace(status: status, queue: queue, task: envelope.task, attempt: envelope.headers.attempt)
    }
}
