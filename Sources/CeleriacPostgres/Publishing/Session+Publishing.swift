import CeleriacCore
import PostgresClient
import StoreKit

extension Session {
    /// Publishes calls and wakes consumers after the commit.
    ///
    /// - Throws: ``PostgresError``.
    func publish(_ publications: [StoredPublication], within deadline: Duration? = nil) async throws -> PublishReport {
        var report = PublishReport()
        var (first, later) = publications.distinct
        // A call that lost against one of its own list, or against one that has gone meanwhile, is tried again.
        while !first.isEmpty {
            let gone = try await publish(distinct: first, within: deadline, &report)
            (first, later) = (gone + later).distinct
        }
        return report
    }

    /// Publishes calls of different ids and keys.
    ///
    /// - Returns: the calls that were left out, although nothing stands in their way any longer.
    func publish(
        distinct publications: [StoredPublication], within deadline: Duration?, _ report: inout PublishReport
    ) async throws -> [StoredPublication] {
        try await addQueues(Set(publications.map(\.queue)))
        if try await insertNew(publications, within: deadline) { return [] }
        let requests = [Request(.publish, publications.columns(store)), notice(of: publications)]
        let rows = try await run(requests, within: deadline)[0]
        guard rows.count < publications.count else { return [] }
        var added: Set<StoredKey> = []
        for row in rows { added.insert(StoredKey(stored: try row.text(0))) }
        let (held, gone) = try await holders(of: publications.filter { !added.contains(StoredKey($0.id)) })
        report.duplicates.merge(held) { $1 }
        return gone
    }

    /// Publishes calls if nothing needs to be asked about them: they have no keys, and their ids are new.
    ///
    /// - Returns: whether they are published. Otherwise nothing has happened.
    private func insertNew(
        _ publications: [StoredPublication], within deadline: Duration?
    ) async throws(PostgresError) -> Bool {
        // A statement that fails would end an open transaction.
        guard transaction == nil, publications.allSatisfy({ $0.unique == nil }) else { return false }
        do {
            try await run(
                [Request(.publishNew, publications.newColumns(store)), notice(of: publications)], within: deadline)
            return true
        } catch {
            guard error.sqlState == "23505" else { throw error }
            return false
        }
    }

    private func notice(of publications: [StoredPublication]) -> Request {
        let payloads = store.notices(of: publications).map(\.payload)
        return Request(.notify, [.text(store.noticeBoard.channels.message), .texts(payloads)])
    }

    /// Adds the queues that no publication of this process has used yet.
    func addQueues(_ queues: Set<QueueName>) async throws(PostgresError) {
        let missing = store.knownQueues.missing(among: queues)
        guard !missing.isEmpty else { return }
        try await run(.addQueues, .texts(missing.map(\.rawValue)))
        // Within a transaction they may still be undone.
        if transaction == nil { store.knownQueues.add(missing) }
    }

    /// - Returns: for each call that was left out, the call that stands in its way; and the calls that nothing stops now.
    private func holders(
        of publications: [StoredPublication]
    ) async throws(PostgresError) -> (held: [TaskID: TaskID], gone: [StoredPublication]) {
        guard !publications.isEmpty else { return ([:], []) }
        let rows = try await run(
            .holders, .texts(publications.map { StoredKey($0.id).key }), .texts(publications.map(\.storedKey)))
        var held: [StoredKey: TaskID] = [:]
        for row in rows {
            let id = StoredKey(stored: try row.text(0))
            if let key = try row.optionalText(1) {
                held[id] = TaskID(StoredKey.text(key, try row.optionalText(2)))
            } else if try row.bool(3) {
                held[id] = publications.first { StoredKey($0.id) == id }?.id
            }
        }
        var report: [TaskID: TaskID] = [:]
        for publication in publications { report[publication.id] = held[StoredKey(publication.id)] }
        return (report, publications.filter { held[StoredKey($0.id)] == nil })
    }
}

extension StoredPublication {
    var storedKey: String? { unique.map { StoredKey($0.key).key } }
    var rank: Int16 { Place.rank(message.priority, atFront: atFront) }
}

extension [StoredPublication] {
    /// Splits a list into calls of different ids and keys, and the others.
    var distinct: (first: [StoredPublication], later: [StoredPublication]) {
        guard count > 1 else { return (self, []) }
        var (first, later): ([StoredPublication], [StoredPublication]) = ([], [])
        first.reserveCapacity(count)
        var ids = Set<StoredKey>(minimumCapacity: count)
        var keys: Set<String> = []
        for publication in self {
            let isNewKey = publication.storedKey.map { !keys.contains($0) } ?? true
            guard isNewKey, ids.insert(StoredKey(publication.id)).inserted else { later.append(publication); continue }
            if let key = publication.unique?.key { keys.insert(key) }
            first.append(publication)
        }
        return (first, later)
    }

    /// The parameters of `publish`.
    fileprivate func columns(_ store: PostgresStore) -> [PostgresValue] {
        let ids = map { StoredKey($0.id) }
        return [
            .texts(ids.map(\.key)), .sparse(ids.map(\.long)), .texts(map(\.queue.rawValue)), .int2s(map(\.rank)),
            dueColumn(store), .sparse(map(\.storedKey)), .bools(map { $0.unique.map { $0.span == .untilStart } }),
        ] + map(\.message).columns
    }

    /// The parameters of `publishNew`.
    fileprivate func newColumns(_ store: PostgresStore) -> [PostgresValue] {
        let ids = map { StoredKey($0.id) }
        let queues = Set(map(\.queue)).sorted { $0.rawValue < $1.rawValue }
        let places = Dictionary(uniqueKeysWithValues: zip(queues, (1 as Int32)...))
        return [
            .texts(ids.map(\.key)), .sparse(ids.map(\.long)), .texts(queues.map(\.rawValue)),
            .int4s(map { places[$0.queue] }), .int2s(map(\.rank)), dueColumn(store),
        ] + map(\.message).columns
    }

    private func dueColumn(_ store: PostgresStore) -> PostgresValue {
        contains { $0.notBefore != nil } ? .dates(map { store.onServer($0.notBefore) }) : .null
    }
}

extension [StoredMessage] {
    /// The six columns of messages.
    var columns: [PostgresValue] {
        [
            .sparse(map { $0.contentType.map(StoredText.column) }),
            .sparse(map { $0.contentEncoding.map(StoredText.column) }),
            .sparse(map { $0.correlationID.map(StoredText.column) }),
            .sparse(map { $0.replyTo.map(StoredText.column) }),
            .byteArrays(map(\.headers)), .byteArrays(map(\.body)),
        ]
    }
}

extension PostgresValue {
    /// A list of texts, as NULL if none is there: beside longer lists, `unnest` then returns NULL for each.
    static func sparse(_ values: [String?]) -> PostgresValue {
        values.allSatisfy { $0 == nil } ? .null : .texts(values)
    }
}

extension PostgresStore {
    /// What other processes must hear of publications: one notice for each queue.
    func notices(of publications: [StoredPublication]) -> [Notice] {
        var ready: [QueueName: Int16] = [:]
        var delayed: Set<QueueName> = []
        let now = time.now
        for publication in publications {
            if let due = publication.notBefore, due > now {
                delayed.insert(publication.queue)
            } else {
                ready[publication.queue] = Swift.min(ready[publication.queue] ?? .max, publication.rank)
            }
        }
        return ready.map { .ready($0.key, rank: $0.value) } + delayed.map { .delayed($0) }
    }

    /// Wakes the waiters of this process: for messages, and for the records of calls that may have been unknown so far.
    func announce(_ publications: [StoredPublication]) {
        guard !publications.isEmpty else { return }
        announce(notices(of: publications))
        var wakes = Wakes()
        for publication in publications { wakes.addMoved(publication.id) }
        wakeUps.ring(wakes)
    }

    func announce(_ notices: [Notice]) {
        for notice in notices {
            switch notice {
            case .ready(let queue, let rank): outlook.noteReady(queue, rank: rank)
            case .delayed(let queue): outlook.noteDelayed(queue)
            }
        }
        wakeUps.ring(notices.map(\.queue))
    }
}
