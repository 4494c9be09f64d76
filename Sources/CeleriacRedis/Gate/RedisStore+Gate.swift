public import CeleriacCore
import RESPClient
import RedisKit
import StoreKit

extension RedisStore: QueueGate {
    /// Python's workers take from the queue all the same; `cancel_consumer` of remote control stops them. Messages of a
    /// fanout exchange are taken too: each process has its own copies of them already.
    public func setPaused(_ isPaused: Bool, _ queue: QueueName, by actor: String, note: String) async throws {
        guard !isPaused else {
            return try await pauses.pause(QueuePause(queue: queue, actor: actor, note: note, at: time.now))
        }
        try await pauses.resume(queue)
        wakeUps.ring([queue])
        // A hint: a consumer that does not hear it looks again within a second.
        _ = try await send(RESPCommand("PUBLISH", keys.hint(.wake, queue), ""))
    }

    public func pausedQueues() async throws -> [QueuePause] { try await pauses.pauses() }

    private var pauses: PauseBoard { PauseBoard(server, key: keys.paused) }
}

extension RedisStore: AuditLog {
    public func append(_ entry: AuditEntry) async throws { try await audit.append(entry, now: time.now) }

    public func auditEntries(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        try await audit.list(after: cursor, limit: limit)
    }

    private var audit: AuditShelf { AuditShelf(server) { keys.own($0) } }
}
