public import CeleriacCore
public import PostgresClient
import StoreKit

extension PostgresStore {
    /// Takes all calls or none. Simultaneous calls of this method share a statement and a commit.
    @discardableResult
    public func publish(_ publications: [Publication]) async throws -> PublishReport {
        guard !publications.isEmpty else { return PublishReport() }
        return try await publish(stored: publications.map(StoredPublication.init))
    }

    func publish(stored publications: [StoredPublication]) async throws -> PublishReport {
        try await self.publications.submit(publications) { [self] requests, deadline in
            await publish(requests, within: deadline)
        }.get()
    }

    /// - Returns: the outcome of each request. A request that breaks the statement fails alone.
    private func publish(
        _ requests: [[StoredPublication]], within deadline: Duration
    ) async -> [Result<PublishReport, any Error>] {
        let end = time.uptime + deadline
        let all = requests.count == 1 ? requests[0] : requests.flatMap { $0 }
        do {
            let report = try await publishOnce(all, within: deadline)
            announce(all)
            return requests.count == 1 ? [.success(report)] : requests.map { .success(report.about($0)) }
        } catch {
            return await inHalves(requests, after: error) { await publish($0, within: end - time.uptime) }
        }
    }

    private func publishOnce(_ publications: [StoredPublication], within deadline: Duration) async throws
        -> PublishReport
    {
        do {
            let (first, later) = publications.distinct
            guard later.isEmpty else {
                return try await transaction(within: deadline) { try await $0.publish(publications) }
            }
            // Calls of different ids and keys are one statement, and need no transaction around it.
            var report = PublishReport()
            let gone = try await repeating(within: deadline) { rest in
                try await session(on: .durable).publish(distinct: first, within: rest, &report)
            }
            if !gone.isEmpty {
                let rest = try await transaction(within: deadline) { try await $0.publish(gone) }
                report.duplicates.merge(rest.duplicates) { $1 }
            }
            return report
        } catch let error as BrokerError where (error.underlying as? PostgresError)?.sqlState == "23502" {
            // A queue is missing that was there before: somebody has restored an older database.
            knownQueues.forget()
            return try await transaction(within: deadline) { try await $0.publish(publications) }
        }
    }

    /// Runs requests again in halves if a row of one of them broke the statement, so that only that one fails.
    func inHalves<Request, Answer>(
        _ requests: [Request], after error: any Error,
        _ run: ([Request]) async -> [Result<Answer, any Error>]
    ) async -> [Result<Answer, any Error>] {
        guard requests.count > 1, let cause = (error as? BrokerError)?.underlying as? PostgresError, cause.blamesARow
        else {
            return requests.map { _ in .failure(error) }
        }
        let middle = requests.count / 2
        return await run(Array(requests[..<middle])) + (await run(Array(requests[middle...])))
    }
}

extension PublishReport {
    /// The part of a report that concerns these publications.
    fileprivate func about(_ publications: [StoredPublication]) -> PublishReport {
        guard !duplicates.isEmpty else { return PublishReport() }
        var part = PublishReport()
        for publication in publications { part.duplicates[publication.id] = duplicates[publication.id] }
        return part
    }
}

// MARK: In the caller's transaction

extension PostgresStore: TransactionalBroker {
    /// Publishes within your own transaction: the calls exist if, and only if, it is committed. Workers wake after the
    /// commit.
    ///
    /// ```swift
    /// try await store.withTransaction { transaction in
    ///     try await transaction.query("INSERT INTO member (email) VALUES ($1)", [.text(email)])
    ///     try await store.publish([welcome], in: transaction)
    /// }
    /// ```
    ///
    /// A driver of another package calls the SQL function `celeriac.enqueue` instead.
    ///
    /// - Throws: ``BrokerError``; with code `refused` if the transaction is over. Let the error end the transaction.
    @discardableResult
    public func publish(
        _ publications: [Publication], in transaction: PostgresTransaction
    ) async throws -> PublishReport {
        guard transaction.isOpen else {
            throw BrokerError(
                .refused, "publish(_:in:) needs an open transaction, as in store.withTransaction { transaction in … }")
        }
        guard !publications.isEmpty else { return PublishReport() }
        try await check()
        do {
            return try await guest(in: transaction).publish(publications.map(StoredPublication.init))
        } catch let error as PostgresError {
            throw StoreError.translating(error, address)
        }
    }

    /// Runs `body` in a transaction on one of the store's connections, with the settings of your database role: for your
    /// own statements together with ``publish(_:in:)``.
    ///
    /// - Throws: what `body` throws, after the rollback; ``BrokerError``.
    @discardableResult
    public func withTransaction<Value: Sendable>(
        _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        try await check()
        do { return try await open.withTransaction(body) } catch let error as PostgresError {
            throw StoreError.translating(error, address)
        }
    }

    /// A session within a transaction of the caller: with the store's own settings for the store's statements alone.
    func guest(in transaction: PostgresTransaction) -> Session {
        var session = Session(store: self, transaction: transaction, client: open)
        let settings = PostgresConfiguration.pins.merging(["search_path": "pg_catalog"]) { $1 }
            .sorted { $0.key < $1.key }
        let (names, values) = (PostgresValue.texts(settings.map(\.key)), PostgresValue.texts(settings.map(\.value)))
        session.frame.before = [PostgresCall(Self.borrow, [names, values])]
        session.frame.after = [PostgresCall(Self.giveBack, [names])]
        return session
    }

    /// Keeps the caller's settings, and sets the store's for the rest of the transaction.
    private static let borrow = PostgresStatement(
        name: "celeriac_borrow",
        sql: """
            SELECT pg_catalog.set_config('celeriac.' OPERATOR(pg_catalog.||) s.name, pg_catalog.current_setting(s.name), true),
                pg_catalog.set_config(s.name, s.value, true)
            FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS s(name, value)
            """)

    private static let giveBack = PostgresStatement(
        name: "celeriac_give_back",
        sql: """
            SELECT pg_catalog.set_config(s.name, pg_catalog.current_setting('celeriac.' OPERATOR(pg_catalog.||) s.name), true)
            FROM pg_catalog.unnest($1::pg_catalog.text[]) AS s(name)
            """)
}
