import CeleriacCore
import CeleriacWire
import Logging
import RESPClient
import RedisKit

/// What follows after messages were parked: surplus dead letters are dropped, the oldest first, and calls whose
/// messages a script has parked by itself are recorded as failed.
extension RedisStore {
    /// Does this for the given queues. What fails is done by the next caller that parks, or by ``run()``.
    func tendDeadLetters(of queues: [QueueName]) async {
        do {
            try await dropOldestLetters(of: queues)
            try await answerParked()
        } catch {
            logger.debug("Dead letters are tended to later", metadata: ["error": "\(error)"])
        }
    }

    /// Does this for all queues.
    func tendDeadLetters() async throws {
        let queues = try await send(RESPCommand("SMEMBERS", keys.queues)).texts
        try await dropOldestLetters(of: queues.compactMap(QueueName.init(rawValue:)))
        try await answerParked()
    }

    private func dropOldestLetters(of queues: [QueueName]) async throws {
        guard !queues.isEmpty else { return }
        let limits = options.deadLetters
        var words: RESPWords = [keys.deadBytes, keys.deadDropped, max(1, limits.count), max(0, limits.bytes)]
        for queue in queues { words.append(queue.rawValue) }
        let dropped = try await run(Scripts.dropDead, words).elements ?? []
        for (queue, count) in zip(queues, dropped.compactMap(\.integer)) where count > 0 {
            logger.warning(
                "Dead letters fell out, since their queue held more than its limits",
                metadata: ["queue": "\(queue)", "count": "\(count)"])
        }
    }

    /// Records FAILURE for calls whose messages a script has parked, if the id can be read.
    private func answerParked() async throws {
        let ids = try await send(RESPCommand("SRANDMEMBER", keys.unanswered, 100)).texts
        guard !ids.isEmpty else { return }
        let now = time.now
        let changes = try await graves(of: ids.map { TaskID($0) }).compactMap { grave in
            KombuEnvelope.taskID(of: grave.document.raw).map {
                StateChange.unreadable($0, grave.document.reason, in: grave.document.queue, at: now)
            }
        }
        try await record(changes)
        var done = RESPCommand("SREM", keys.unanswered)
        done.append(contentsOf: ids)
        _ = try await send(done)
    }
}
