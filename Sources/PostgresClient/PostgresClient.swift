public import Logging

/// A client of one PostgreSQL server, or of several of which one takes the writes. It knows nothing about queues.
///
/// Connects at the first call, and again whenever a connection is lost, with growing pauses. Each connection has a
/// thread of its own and carries out one call of ``run(_:within:isUrgent:)`` or one transaction at a time; callers wait
/// in order of arrival until one is free.
public final class PostgresClient: Sendable {
    public let configuration: PostgresConfiguration
    private let stock: ConnectionStock

    public init(_ configuration: PostgresConfiguration, logger: Logger = Logger(label: "postgres-client")) {
        self.configuration = configuration
        stock = ConnectionStock(Connector(configuration, logger))
    }

    deinit { stock.close() }

    /// Lets calls fail at once if the first connection cannot be opened, instead of trying again until their deadline:
    /// for programs that carry out one command. Once a connection was opened, lost ones are opened again as usual.
    public func failAtFirst() { stock.failAtFirst() }

    /// Runs the calls in one transaction, one after another; all of them are undone if one fails.
    ///
    /// They are sent together, in one round trip. The call does not look at cancellation: a cancelled caller still gets
    /// the answer.
    ///
    /// - Parameters:
    ///   - deadline: how long it may take, including the wait for a connection; `nil` uses the configuration's. If the
    ///     settings contain a `statement_timeout`, a longer deadline than the configuration's raises it.
    ///   - isUrgent: whether it goes ahead of other callers that wait for a connection.
    /// - Returns: the rows of each call.
    /// - Throws: ``PostgresError``; with ``PostgresError/mayHaveBeenDone`` the calls may have been committed.
    public func run(
        _ calls: [PostgresCall], within deadline: Duration? = nil, isUrgent: Bool = false
    ) async throws(PostgresError) -> [PostgresRows] {
        guard !calls.isEmpty else { return [] }
        return try await perform(.run(calls), within: deadline, isUrgent: isUrgent)
    }

    /// Runs `body` in a transaction, which is committed at its end, or rolled back if it throws.
    ///
    /// Holds a connection meanwhile, so `body` should wait for nothing but its statements.
    ///
    /// - Parameter deadline: how long all of it may take, including the wait for a connection; `nil` uses the
    ///   configuration's. When it is over, the transaction is rolled back, and its next call throws.
    /// - Throws: what `body` throws; ``PostgresError`` of kind `misuse` if `body` caught the error of a failed
    ///   statement and returned all the same.
    @discardableResult
    public func withTransaction<Value: Sendable>(
        within deadline: Duration? = nil, _ body: (PostgresTransaction) async throws -> Value
    ) async throws -> Value {
        let transaction = try await begin(within: deadline)
        let value: Value
        do {
            value = try await body(transaction)
        } catch {
            await transaction.rollback()
            throw error
        }
        if !transaction.isRolledBack { try await transaction.commit() }
        return value
    }

    /// Begins a transaction for callers that cannot use the scope of ``withTransaction(within:_:)``. It must be
    /// committed or rolled back; otherwise it is rolled back when its time is over, or with its last reference.
    ///
    /// - Parameter deadline: as of ``withTransaction(within:_:)``.
    public func begin(within deadline: Duration? = nil) async throws(PostgresError) -> PostgresTransaction {
        let line = TransactionLine()
        _ = try await perform(.hold(line), within: deadline, isUrgent: false)
        return PostgresTransaction(line)
    }

    /// Connects, if no connection was opened yet, and tells what is known of the server.
    public func server() async throws(PostgresError) -> PostgresServerInfo {
        if let info = stock.info { return info }
        _ = try await perform(.greet, within: nil, isUrgent: false)
        guard let info = stock.info else { throw .clientClosed }
        return info
    }

    /// Closes the client without waiting for its connections. Running calls fail with kind `closed`. Idempotent.
    public func close() { stock.close() }

    private func perform(
        _ work: PendingCall.Work, within deadline: Duration?, isUrgent: Bool
    ) async throws(PostgresError) -> [PostgresRows] {
        let answer = await withCheckedContinuation { caller in
            stock.add(
                PendingCall(
                    work, within: deadline ?? configuration.deadline, isUrgent: isUrgent, answering: caller))
        }
        return try answer.get()
    }
}
