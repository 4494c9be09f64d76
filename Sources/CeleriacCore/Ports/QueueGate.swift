#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Pauses queues, and resumes them.
///
/// A paused queue takes publications as before, but no worker of ours claims from it, in any process. Stores that other
/// programs claim from too (Python's workers) cannot stop those.
public protocol QueueGate: Sendable {
    /// Pauses or resumes a queue.
    ///
    /// Once a pause has returned, no claim takes a message from the queue. Messages that were claimed before are not
    /// taken back: a worker starts those that it claimed ahead, or gives them back to their old places within 50 ms.
    ///
    /// Idempotent. A second pause replaces the first one's actor, note and date.
    ///
    /// - Parameters:
    ///   - queue: any name; it need not hold messages yet.
    ///   - actor: the person or program that asks for it.
    ///   - note: why; see ``QueuePause``.
    func setPaused(_ isPaused: Bool, _ queue: QueueName, by actor: String, note: String) async throws

    /// The queues that are paused, sorted by name.
    func pausedQueues() async throws -> [QueuePause]
}

/// A pause of a queue: since when, by whom, and why.
public struct QueuePause: Sendable, Hashable {
    public var queue: QueueName
    /// At most ``mostText`` characters; the rest is cut off.
    public var actor: String
    /// At most ``mostText`` characters; the rest is cut off.
    public var note: String
    public var at: Date

    /// 1,000.
    public static let mostText = 1_000

    public init(queue: QueueName, actor: String, note: String, at: Date) {
        self.queue = queue
        self.actor = String(actor.prefix(Self.mostText))
        self.note = String(note.prefix(Self.mostText))
        self.at = at
    }
}
