import Synchronization

/// A transaction that holds a connection until it is over. May be used from several tasks; its calls run one after
/// another.
///
/// The server begins it together with the first calls, so a transaction that runs nothing costs nothing.
public final class PostgresTransaction: Sendable {
    private enum Stage {
        case open
        case committed
        case rolledBack
    }

    private let line: TransactionLine
    private let stage = Mutex(Stage.open)

    init(_ line: TransactionLine) { self.line = line }

    deinit { if isOpen { line.abandon() } }

    /// Whether it is neither committed nor rolled back, nor lost with its connection.
    public var isOpen: Bool { stage.withLock { $0 } == .open && !line.isOver }

    var isRolledBack: Bool { stage.withLock { $0 } == .rolledBack }

    /// Runs the calls within the transaction, sent together in one round trip.
    ///
    /// After an error of the server the transaction can only be rolled back, or go back to a savepoint.
    ///
    /// - Returns: the rows of each call.
    public func run(_ calls: [PostgresCall]) async throws(PostgresError) -> [PostgresRows] {
        guard !calls.isEmpty else { return [] }
        return try await line.carryOut(.run(calls))
    }

    /// Runs one statement, which is not kept prepared. Its rows are in binary format, as all are.
    ///
    /// - Parameter sql: one statement, with parameters that are cast to their type: `$1::int8`.
    @discardableResult public func query(
        _ sql: String, _ values: [PostgresValue] = []
    ) async throws(PostgresError) -> PostgresRows {
        let rows = try await run([PostgresCall(PostgresStatement(name: "", sql: sql), values)])
        guard let first = rows.first else { throw PostgresError(.malformedAnswer, "the statement was not answered") }
        return first
    }

    /// Commits the transaction. Does nothing if it is committed already.
    ///
    /// - Throws: kind `misuse` if it was rolled back, or one of its statements has failed; then nothing is committed.
    public func commit() async throws(PostgresError) {
        guard stage.withLock({ $0 }) != .committed else { return }
        do {
            _ = try await line.carryOut(.commit)
        } catch {
            // Another task may have committed it meanwhile.
            guard stage.withLock({ $0 }) != .committed else { return }
            throw error
        }
        stage.withLock { $0 = .committed }
    }

    /// Undoes the transaction. Does nothing if it is over.
    public func rollback() async {
        guard isOpen else { return }
        // If this fails, the connection is closed, so that the server rolls back by itself.
        _ = try? await line.carryOut(.rollback)
        stage.withLock { stage in if stage == .open { stage = .rolledBack } }
    }
}
