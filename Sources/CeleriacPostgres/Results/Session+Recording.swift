import CeleriacCore
import PostgresClient
import StoreKit

extension Session {
    /// Records changes in order, each if the recorded state yields to it, and tells who waits.
    func record(_ changes: [StoredChange], within deadline: Duration? = nil) async throws {
        var rest = changes
        while !rest.isEmpty {
            let (first, later) = Self.distinct(rest)
            let ids = first.map { StoredKey($0.id) }
            let values: [PostgresValue] = [.texts(ids.map(\.key)), .texts(ids.map { $0.long })] + first.columns(store)
            try await run([Request(.record, values)] + store.notifications(of: first.map(\.id), []), within: deadline)
            rest = later
        }
    }

    /// Splits changes into the first of each call, in the order of their ids, so that two transactions never wait for each
    /// other; and the others.
    private static func distinct(_ changes: [StoredChange]) -> (first: [StoredChange], later: [StoredChange]) {
        guard changes.count > 1 else { return (changes, []) }
        var (first, later): ([StoredChange], [StoredChange]) = ([], [])
        var ids: Set<StoredKey> = []
        for change in changes {
            if ids.insert(StoredKey(change.id)).inserted { first.append(change) } else { later.append(change) }
        }
        return (first.sorted { $0.id.rawValue < $1.id.rawValue }, later)
    }

    func forget(_ ids: [TaskID]) async throws(PostgresError) {
        let keys = PostgresValue.texts(ids.map { StoredKey($0).key })
        try await run(
            [Request(.forgetRecords, [keys]), Request(.deleteBareCalls, [keys])] + store.notifications(of: ids, []))
    }
}
