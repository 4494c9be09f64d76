package import CeleriacCore
package import Logging
package import RESPClient
package import StoreKit
import Synchronization

/// Blocks on lists until they hold a message, and then wakes the waiters. `BLMOVE list list RIGHT RIGHT` takes the next
/// message and puts it back in one step. RQ's lists are served from the left, so there it is `LEFT LEFT`.
///
/// A list has one watch, however many wait. Each watch has its own connection, so only the first lists of a process
/// have one. A watch ends when a message came, or when nobody waits any longer.
package final class ListWatches: Sendable {
    /// The end of a list that is served first.
    package enum Head: String, Sendable { case left = "LEFT", right = "RIGHT" }

    private static let timeout = Duration.seconds(2)

    private struct State {
        var underWay: [String: Task<Void, Never>] = [:]
        var isClosed = false
    }
    private let state = Guarded(State())
    private let client: RESPClient
    private let wakeUps: WakeUps
    private let logger: Logger
    private let head: Head

    package init(_ client: RESPClient, _ wakeUps: WakeUps, head: Head = .right, _ logger: Logger) {
        self.head = head
        self.client = client
        self.wakeUps = wakeUps
        self.logger = logger
    }

    /// Starts to watch a list of `queue`, unless it is watched already or `most` lists are.
    ///
    /// - Returns: whether the list is watched.
    package func watch(_ list: String, of queue: QueueName, most: Int) -> Bool {
        state.withLock { state in
            if state.underWay[list] != nil { return true }
            guard !state.isClosed, state.underWay.count < most else { return false }
            // Not a child of the waiter's task: the watch serves all waiters, and ends with the store.
            state.underWay[list] = Task(executorPreference: client.executor) { await self.run(list, queue) }
            return true
        }
    }

    package func close() {
        let watches = state.withLock { state in
            state.isClosed = true
            return Array(state.underWay.values)
        }
        for watch in watches { watch.cancel() }
    }

    private func run(_ list: String, _ queue: QueueName) async {
        var hasCome = false
        var hasFailed = false
        do {
            while !hasCome, wakeUps.hasWaiter(for: .message(queue)) {
                let (end, seconds) = (head.rawValue, Int(Self.timeout.components.seconds))
                let command = RESPCommand("BLMOVE", list, list, end, end, seconds)
                hasCome = try await !client.block(command, timeout: Self.timeout).isNull
            }
        } catch {
            hasFailed = true
            logger.debug(
                "A watch of a queue broke off; it is polled", metadata: ["queue": "\(queue)", "error": "\(error)"])
        }
        state.withLock { $0.underWay[list] = nil }
        // Wakes the waiters even if nothing came: one that arrived just now counts on this watch. Not after an error,
        // because all of them would ask again at once.
        if !hasFailed { wakeUps.ring([queue]) }
    }
}
