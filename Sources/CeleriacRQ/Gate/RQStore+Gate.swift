public import CeleriacCore
import RESPClient
import RedisKit
import StoreKit

extension RQStore: QueueGate {
    /// Python's workers take from the queue all the same: RQ itself can only suspend all workers, see
    /// ``suspend(for:)``.
    public func setPaused(_ isPaused: Bool, _ queue: QueueName, by actor: String, note: String) async throws {
        guard !isPaused else {
            return try await pauses.pause(QueuePause(queue: queue, actor: actor, note: note, at: time.now))
        }
        try await pauses.resume(queue)
        // Consumers of other processes look again within a second.
        wakeUps.ring([queue])
    }

    public func pausedQueues() async throws -> [QueuePause] { try await pauses.pauses() }

    private var pauses: PauseBoard { PauseBoard(server, key: keys.paused) }
}

extension RQStore: AuditLog {
    public func append(_ entry: AuditEntry) async throws { try await audit.append(entry, now: time.now) }

    public func auditEntries(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        try await audit.list(after: cursor, limit: limit)
    }

    private var audit: AuditShelf { AuditShelf(server) { keys.own($0) } }
}
