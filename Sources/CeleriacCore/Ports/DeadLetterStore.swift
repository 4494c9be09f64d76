#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Keeps, for people, the messages that could not be run or failed for good.
public protocol DeadLetterStore: Sendable {
    /// - Parameter queue: `nil` = of all queues.
    /// - Returns: newest first.
    func deadLetters(in queue: QueueName?, offset: Int, limit: Int) async throws -> [DeadLetter]

    func deadLetter(of id: TaskID) async throws -> DeadLetter?

    /// Puts dead letters back into their queues, ready, as first attempts, and forgets their results: one transaction.
    ///
    /// - Returns: those that were there.
    func requeue(_ ids: [TaskID]) async throws -> Set<TaskID>

    /// - Returns: those that were there.
    func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID>
}

/// A message that was parked, and why.
public struct DeadLetter: Sendable {
    public var envelope: Envelope
    public var queue: QueueName
    public var reason: String
    public var diedAt: Date

    public init(envelope: Envelope, queue: QueueName, reason: String, diedAt: Date) {
        self.envelope = envelope
        self.queue = queue
        self.reason = reason
        self.diedAt = diedAt
    }

    public var id: TaskID { envelope.id }
}
