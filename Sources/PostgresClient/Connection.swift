import CPostgres

/// A connection that is ready for statements, in pipeline mode. It belongs to one thread.
final class Connection {
    let link: ServerLink
    private(set) var info = PostgresServerInfo(version: 0, isPooled: false, encoding: "", isReadOnly: false)
    var statements = PreparedStatements()
    private let settings: SessionSettings
    private(set) var isBroken = false

    /// Greets the server: learns who it is, and sets the settings.
    init(
        _ link: ServerLink, _ settings: SessionSettings, until due: ContinuousClock.Instant
    ) throws(PostgresError) {
        self.link = link
        self.settings = settings
        guard PQenterPipelineMode(link.handle) == 1 else { throw link.lost }
        let greeting = settings.greeting(processID: PQbackendPID(link.handle))
        let answer = try run([greeting], until: due).first?.first
        guard let answer else { throw PostgresError(.malformedAnswer, "the server did not say who it is") }
        info = PostgresServerInfo(
            version: Int(PQserverVersion(link.handle)), isPooled: try answer.bool(0),
            encoding: try answer.text(1), isReadOnly: try answer.bool(2))
    }

    var isHealthy: Bool { !isBroken && link.isHealthy }

    /// The transaction as the server last reported it.
    var transaction: PGTransactionStatusType { PQtransactionStatus(link.handle) }

    /// Gives the connection up if a caller's statement left a transaction open.
    func breakIfInTransaction() { if transaction != PQTRANS_IDLE { isBroken = true } }

    /// The statements that a transaction starts with.
    ///
    /// - Parameter statementTimeout: what the session's limit for statements must be raised to, if it has one.
    func opening(begins: Bool, statementTimeout: Duration?) -> [PostgresCall] {
        var opening: [PostgresCall] = begins ? [Self.begin] : []
        if info.isPooled, let call = settings.forTransaction { opening.append(call) }
        if settings.limitsStatements, let statementTimeout {
            opening.append(SessionSettings.statementTimeout(statementTimeout))
        }
        return opening
    }

    private static let begin = PostgresCall(PostgresStatement(name: "", sql: "BEGIN"))

    /// Sends the calls together and waits for their answers.
    ///
    /// If a prepared statement turns out to be stale, all are prepared anew and the calls are sent once more. If the
    /// error has failed a transaction, the next call prepares them.
    ///
    /// - Parameters:
    ///   - opening: statements that go ahead, see ``opening(begins:statementTimeout:)``.
    ///   - isCommitting: whether the calls are committed by this.
    func run(
        opening: [PostgresCall] = [], _ calls: [PostgresCall], isCommitting: Bool = true,
        until due: ContinuousClock.Instant
    ) throws(PostgresError) -> [PostgresRows] {
        var isSecond = false
        while true {
            var exchange = Exchange(self, try plan(opening, calls), isCommitting: isCommitting, until: due)
            do {
                return try carryOut(&exchange)
            } catch {
                if error.isOfReadOnlySession { isBroken = true }
                guard exchange.isStale else { throw error }
                statements.becomeStale()
                guard !isSecond, transaction == PQTRANS_IDLE else { throw error }
                isSecond = true
            }
        }
    }

    private func plan(_ opening: [PostgresCall], _ calls: [PostgresCall]) throws(PostgresError) -> ExchangePlan {
        try ExchangePlan(opening: opening, calls, info.isPooled ? nil : statements)
    }

    private func carryOut(_ exchange: inout Exchange) throws(PostgresError) -> [PostgresRows] {
        defer { if !exchange.isOver || PQstatus(link.handle) != CONNECTION_OK { isBroken = true } }
        try exchange.send()
        return try exchange.receive()
    }
}
