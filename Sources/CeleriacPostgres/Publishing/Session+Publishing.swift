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
        let rows = try await insert(publications, within: deadline)
        guard rows.count < publications.count else { return [] }
        var added: Set<StoredKey> = []
        for row in rows { added.insert(StoredKey(stored: try row.text(0))) }
        let (held, gone) = try await holders(of: publications.filter { !added.contains(StoredKey($0.id)) })
        report.duplicates.merge(held) { $1 }
        return gone
    }

    /// - Returns: the ids of those that were added.
    private func insert(
        _ publications: [StoredPublication], within deadline: Duration?
    ) async throws(PostgresError) -> PostgresRows {
        let requests = [
            Request(.publish, publications.columns(store)),
            Request(
                .notify,
                [
                    .text(store.noticeBoard.channels.message),
                    .texts(store.notices(of: publications).map(\.payload)),
                ]),
        ]
        return try await run(requests, within: deadline)[0]
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
        var ids: Set<StoredKey> = []
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
            .texts(ids.map(\.key)), .texts(ids.map { $0.long }), .texts(map(\.queue.rawValue)), .int2s(map(\.rank)),
            .dates(map { store.onServer($0.notBefore) }), .texts(map(\.storedKey)),
            .bools(map { $0.unique.map { $0.span == .untilStart } }),
        ] + map(\.message).columns
    }
}

extension [StoredMessage] {
    /// The six columns of messages.
    var columns: [PostgresValue] {
        [
            .texts(map { $0.contentType.map(StoredText.column) }),
            .texts(map { $0.contentEncoding.map(StoredText.column) }),
            .texts(map { $0.correlationID.map(StoredText.column) }), .texts(map { $0.replyTo.map(StoredText.column) }),
            .byteArrays(map(\.headers)), .byteArrays(map(\.body)),
        ]
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
