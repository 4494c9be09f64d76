#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Keeps, for people, the messages that could not be run or failed for good.
///
/// A letter is never replaced by another message, whatever id that one bears: the second letter of an id is kept under an id of
/// its own, see ``DeadLetter/id``.
public protocol DeadLetterStore: Sendable {
    /// How many letters each queue keeps; `nil` if only time bounds them, as in RQ's failed registry.
    var deadLetterLimits: DeadLetterLimits? { get }

    /// How many letters have fallen out so far because their queue held more than its limits, by queue; queues that lost none
    /// are left out.
    func droppedDeadLetters() async throws -> [QueueName: Int]

    /// - Parameters:
    ///   - queue: `nil` = of all queues.
    ///   - cursor: where the page before ended; `nil` = from the newest on.
    /// - Returns: newest first.
    /// - Throws: ``BrokerError``; with code `refused` for a cursor of another list.
    func deadLetters(in queue: QueueName?, after cursor: Cursor?, limit: Int) async throws -> Page<DeadLetter>

    func deadLetter(of id: TaskID) async throws -> DeadLetter?

    /// Puts dead letters back into their queues, ready, as first attempts, and forgets their results: one transaction.
    ///
    /// - Returns: those that were there.
    func requeue(_ ids: [TaskID]) async throws -> Set<TaskID>

    /// - Returns: those that were there.
    func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID>
}

/// A result backend that keeps the dead letters of another broker, which cannot keep any itself.
///
/// A worker beside such a broker buries the message here and then acknowledges it. Its own ``DeadLetterStore/requeue(_:)`` puts
/// letters into its own queues; an app uses ``ArchivedLetters``, which puts them into the broker's.
public protocol LetterArchive: DeadLetterStore, ResultBackend {
    /// Adds letters as they are; the oldest of a queue fall out if it holds too many.
    ///
    /// Idempotent: a letter whose id and date of death stand already is left out.
    func bury(_ letters: [DeadLetter]) async throws
}

/// A message that was parked, and why.
public struct DeadLetter: Sendable {
    /// By which it is asked for, requeued and deleted: the id of the call, unless another letter had it already. Then
    /// it is that id, `+` and a few digits.
    public var id: TaskID
    public var envelope: Envelope
    public var queue: QueueName
    public var reason: String
    public var diedAt: Date

    /// - Parameter id: `nil` = that of the call.
    public init(id: TaskID? = nil, envelope: Envelope, queue: QueueName, reason: String, diedAt: Date) {
        self.id = id ?? envelope.id
        self.envelope = envelope
        self.queue = queue
        self.reason = reason
        self.diedAt = diedAt
    }
}

/// How many dead letters a store keeps of each queue. Beyond that the oldest fall out, which is counted and logged.
public struct DeadLetterLimits: Sendable, Hashable {
    /// At least 1; default 10,000.
    public var count: Int
    /// Of all messages together, with their headers and reasons; default 256 MiB. The newest letter is kept, however large.
    public var bytes: Int

    public init(count: Int = 10_000, bytes: Int = 256 << 20) {
        self.count = count
        self.bytes = bytes
    }
}
