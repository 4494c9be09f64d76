#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Keeps messages that could not be run, or that failed for good, so that people can look at them.
///
/// A letter never replaces another message, even if the ids are equal: the second letter of an id is kept under a new
/// id, see ``DeadLetter/id``.
public protocol DeadLetterStore: Sendable {
    /// The limits of each queue; `nil` if letters only expire by time, as in RQ's failed registry.
    var deadLetterLimits: DeadLetterLimits? { get }

    /// The number of letters that were dropped so far because their queue exceeded its limits, by queue; queues that
    /// lost none are omitted.
    func droppedDeadLetters() async throws -> [QueueName: Int]

    /// - Parameters:
    ///   - queue: `nil` for all queues.
    ///   - cursor: where the previous page ended; `nil` to start with the newest letter.
    ///   - limit: the most letters of the page, up to ``Page/mostItems``.
    /// - Returns: the letters, newest first.
    /// - Throws: ``BrokerError``; code `refused` for a cursor of another list.
    func deadLetters(in queue: QueueName?, after cursor: Cursor?, limit: Int) async throws -> Page<DeadLetter>

    func deadLetter(of id: TaskID) async throws -> DeadLetter?

    /// Puts dead letters back into their queues, ready, as first attempts, and deletes their results, in one
    /// transaction.
    ///
    /// - Returns: the ids that existed.
    func requeue(_ ids: [TaskID]) async throws -> Set<TaskID>

    /// - Returns: the ids that existed.
    func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID>
}

/// A result backend that keeps the dead letters of another broker, which cannot keep any itself.
///
/// The worker of such a broker buries the message here and then acknowledges it. The archive's own
/// ``DeadLetterStore/requeue(_:)`` puts letters into the archive's queues; an app uses ``ArchivedLetters``, which puts
/// them into the broker's queues.
public protocol LetterArchive: DeadLetterStore, ResultBackend {
    /// Adds letters as they are. If a queue holds too many, its oldest letters are dropped.
    ///
    /// Idempotent: a letter whose id and date of death are stored already is skipped.
    func bury(_ letters: [DeadLetter]) async throws
}

/// A message that was parked, and why.
public struct DeadLetter: Sendable {
    /// The id with which it is read, requeued and deleted: the id of the call, or, if another letter has that id
    /// already, that id, `+` and a few digits.
    public var id: TaskID
    public var envelope: Envelope
    public var queue: QueueName
    public var reason: String
    public var diedAt: Date

    /// - Parameter id: `nil` to use the id of the call.
    public init(id: TaskID? = nil, envelope: Envelope, queue: QueueName, reason: String, diedAt: Date) {
        self.id = id ?? envelope.id
        self.envelope = envelope
        self.queue = queue
        self.reason = reason
        self.diedAt = diedAt
    }
}

/// How many dead letters a store keeps of each queue. Beyond that the oldest are dropped, which is counted and logged.
public struct DeadLetterLimits: Sendable, Hashable {
    /// The most letters; at least 1; default 10,000.
    public var count: Int
    /// The most bytes of all messages together, with headers and reasons; default 256 MiB. The newest letter is always
    /// kept.
    public var bytes: Int

    public init(count: Int = 10_000, bytes: Int = 256 << 20) {
        self.count = count
        self.bytes = bytes
    }
}
