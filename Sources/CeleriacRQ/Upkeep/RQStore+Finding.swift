public import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit

/// RQ keeps each job under its id; the server looks through the names of all keys, a page at a time.
extension RQStore: CallFinder {
    /// - Complexity: O(*n*) in the number of all keys.
    public func ids(startingWith prefix: String, limit: Int) async throws -> Set<TaskID> {
        let start = keys.job(TaskID(""))
        let pattern = (start + prefix).escapedPattern + "*"
        var ids: Set<TaskID> = []
        var scan = Scan("SCAN")
        repeat {
            let page = try await send(RESPCommand("SCAN", scan.cursor, "MATCH", pattern, "COUNT", 1_000))
            // A job's dependents are kept in a set beside it.
            let names = try scan.take(page).texts.filter { !$0.hasSuffix(":dependents") }
            ids.formUnion(names.map { TaskID(String($0.dropFirst(start.count))) })
        } while !scan.isOver && ids.count < limit
        return Set(ids.prefix(max(0, limit)))
    }
}
