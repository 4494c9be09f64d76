public import CeleriacCore
import Foundation
import GRDB

extension SQLiteStore: QueueGate {
    public func setPaused(_ isPaused: Bool, _ queue: QueueName, by actor: String, note: String) async throws {
        let pause = QueuePause(queue: queue, actor: actor, note: note, at: time.now)
        try await writer.perform { transaction in
            if isPaused { try transaction.pause(pause) } else { try transaction.resume(queue) }
        }
    }

    public func pausedQueues() async throws -> [QueuePause] {
        try await inspect { db in
            let find = try db.use(ReadSQL.pauses)
            var pauses: [QueuePause] = []
            while try find.step() {
                guard let queue = QueueName(rawValue: find.text(0)) else { continue }
                pauses.append(
                    QueuePause(queue: queue, actor: find.text(2), note: find.text(3), at: find.date(1)))
            }
            return pauses
        }
    }
}
