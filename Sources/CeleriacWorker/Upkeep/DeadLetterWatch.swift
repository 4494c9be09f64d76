import Logging
import Synchronization

/// Warns about dead letters that were dropped because their queue held too many of them.
final class DeadLetterWatch: Sendable {
    private let app: TaskApp
    private let store: any DeadLetterStore
    /// The counts of the last look; `nil` before the first look.
    private let seen = Guarded<[QueueName: Int]?>(nil)

    /// - Returns: `nil` if neither store keeps dead letters.
    init?(_ app: TaskApp) {
        guard let store = app.backend.deadLetters else { return nil }
        self.app = app
        self.store = store
    }

    /// Logs how many dead letters were dropped since the last look; the first look only counts.
    func look() async throws {
        let dropped = try await store.droppedDeadLetters()
        let before = seen.withLock { seen in
            defer { seen = dropped }
            return seen
        }
        guard let before else { return }
        for (queue, count) in dropped where count > before[queue, default: 0] {
            app.logger.warning(
                "dead letters were deleted because their queue exceeded its limits",
                metadata: ["queue": "\(queue)", "count": "\(count - before[queue, default: 0])", "total": "\(count)"])
        }
    }
}
