package import CeleriacCore

/// The waiters that a commit concerns.
package struct Wakes {
    /// Queues in which something became ready or delayed.
    package private(set) var queues: Set<QueueName> = []
    /// Calls whose record changed.
    package private(set) var calls: [TaskID] = []
    /// Calls whose message changed its place. Announced only in this process; other processes see it at their next
    /// poll.
    package private(set) var moved: [TaskID] = []
    package var hasRevocations = false
    private var lastQueue: QueueName?

    package init() {}

    package var isEmpty: Bool { queues.isEmpty && calls.isEmpty && moved.isEmpty && !hasRevocations }

    package mutating func add(_ queue: QueueName) {
        guard queue != lastQueue else { return }
        lastQueue = queue
        queues.insert(queue)
    }

    package mutating func add(_ call: TaskID) { calls.append(call) }

    package mutating func addMoved(_ call: TaskID) { moved.append(call) }
}
