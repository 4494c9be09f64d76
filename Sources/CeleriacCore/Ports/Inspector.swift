#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Shows queues without changing them, and removes single messages.
public protocol Inspector: Sendable {
    /// The queues that hold or have held a message, sorted by name.
    func queues() async throws -> [QueueName]

    /// Lists a part of the messages of a queue in one stage.
    ///
    /// Ready messages come in the order in which they would be claimed, delayed ones the earliest due first, dead ones
    /// the newest first. Leased ones come in an order that no renewal changes.
    ///
    /// Whatever is published, claimed or settled between two pages, a walk by pages lists every message that stays in
    /// its stage from the first page to the last, exactly once. A message that leaves its stage may be missing. A
    /// message that comes back to it may be missing or be listed again. The documentation of a store names its
    /// exceptions.
    ///
    /// - Parameters:
    ///   - cursor: where the previous page ended; `nil` to start with the first message.
    ///   - limit: the most messages of the page, up to ``Page/mostItems``.
    /// - Throws: ``BrokerError``; code `refused` for a cursor that this list did not give. Begin again without one.
    func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after cursor: Cursor?, limit: Int
    ) async throws -> Page<QueuedMessage>

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
