public import CeleriacCore
import GRDB

extension SQLiteStore: CallFinder {
    public func ids(startingWith prefix: String, limit: Int) async throws -> Set<TaskID> {
        try await inspect { try $0.ids(startingWith: prefix, limit: limit) }
    }
}

extension Database {
    fileprivate func ids(startingWith prefix: String, limit: Int) throws -> Set<TaskID> {
        var find = try use(ReadSQL.idsByPrefix)
        find.bind(prefix)
        // Behind everything that begins with the prefix, since the index compares UTF-8 by its bytes.
        find.bind(prefix + "\u{10FFFF}")
        find.bind(Int64(max(0, limit)))
        var ids: Set<TaskID> = []
        while try find.step() { ids.insert(TaskID(find.text(0))) }
        return ids
    }
}
