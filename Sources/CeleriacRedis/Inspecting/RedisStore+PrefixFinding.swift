public import CeleriacCore
import RESPClient
import RedisKit

/// Celery's layout has no ordered index of ids: the server looks through the names of all keys, and through all
/// messages, a page at a time.
extension RedisStore: CallFinder {
    /// - Complexity: O(*n*) in the number of all keys and messages.
    public func ids(startingWith prefix: String, limit: Int) async throws -> Set<TaskID> {
        var ids = try await recordedIDs(startingWith: prefix, limit)
        for queue in try await queues() {
            for status in [MessagePlace.Status.ready, .delayed, .leased, .dead] where ids.count < limit {
                ids.formUnion(try await messageIDs(startingWith: prefix, in: queue, status))
            }
        }
        return Set(ids.prefix(max(0, limit)))
    }

    private func recordedIDs(startingWith prefix: String, _ limit: Int) async throws -> Set<TaskID> {
        let start = keys.result(TaskID(""))
        let pattern = (start + prefix).escapedPattern + "*"
        var ids: Set<TaskID> = []
        var scan = Scan("SCAN")
        repeat {
            let page = try await send(
                RESPCommand("SCAN", scan.cursor, "MATCH", pattern, "COUNT", 1_000, "TYPE", "string"))
            ids.formUnion(try scan.take(page).texts.map { TaskID(String($0.dropFirst(start.count))) })
        } while !scan.isOver && ids.count < limit
        return ids
    }

    private func messageIDs(
        startingWith prefix: String, in queue: QueueName, _ status: MessagePlace.Status
    ) async throws -> Set<TaskID> {
        var ids: Set<TaskID> = []
        var cursor: Cursor?
        repeat {
            let page = try await messages(in: queue, status, after: cursor, limit: 1_000)
            ids.formUnion(page.items.map(\.id).filter { $0.rawValue.hasPrefix(prefix) })
            cursor = page.next
        } while cursor != nil
        return ids
    }
}
