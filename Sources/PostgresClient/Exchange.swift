import CPostgres

/// One pipeline over a connection: sends the steps of a plan and a sync, then reads their answers.
///
/// Unless a step begins a transaction, the server runs all of them in one, which the sync commits.
struct Exchange {
    private let connection: Connection
    private let steps: [ExchangePlan.Step]
    /// Whether the sync, or one of the steps, commits.
    private let isCommitting: Bool
    private let due: ContinuousClock.Instant
    private var rows: [PostgresRows] = []
    /// The first error; the steps after it are not carried out.
    private var failure: PostgresError?
    /// Whether the first error is about a prepared statement, and would not occur if it were prepared anew.
    private(set) var isStale = false
    /// Whether all answers have arrived.
    private(set) var isOver = false

    private var handle: OpaquePointer { connection.link.handle }

    init(_ connection: Connection, _ plan: ExchangePlan, isCommitting: Bool, until due: ContinuousClock.Instant) {
        self.connection = connection
        steps = plan.steps
        self.isCommitting = isCommitting
        self.due = due
    }
}

// MARK: Sending

extension Exchange {
    /// Hands everything to libpq, which sends as much as the socket takes at once.
    func send() throws(PostgresError) {
        for step in steps { guard send(step) == 1 else { throw connection.link.lost } }
        guard PQpipelineSync(handle) == 1 else { throw connection.link.lost }
    }

    private func send(_ step: ExchangePlan.Step) -> Int32 {
        switch step {
        case .clear: sendUnnamed("DEALLOCATE ALL", [])
        case .prepare(let statement): PQsendPrepare(handle, statement.name, statement.sql, 0, nil)
        case .open(let call), .run(let call, false): sendUnnamed(call.statement.sql, call.values)
        case .run(let call, true): sendPrepared(call)
        }
    }

    private func sendUnnamed(_ sql: String, _ values: [PostgresValue]) -> Int32 {
        ParameterPointers.with(values) {
            PQsendQueryParams(handle, sql, $0.count, nil, $0.values, $0.lengths, $0.formats, 1)
        }
    }

    private func sendPrepared(_ call: PostgresCall) -> Int32 {
        ParameterPointers.with(call.values) {
            PQsendQueryPrepared(handle, call.statement.name, $0.count, $0.values, $0.lengths, $0.formats, 1)
        }
    }
}

// MARK: Receiving

extension Exchange {
    /// Reads the answers up to that of the sync.
    ///
    /// - Returns: the rows of the calls.
    mutating func receive() throws(PostgresError) -> [PostgresRows] {
        for step in steps {
            while let result = try nextResult() { try take(result, step) }
        }
        try receiveSync()
        isOver = true
        if let failure { throw failure }
        return rows
    }

    /// An error that comes instead is one of the commit, for example that of a deferred constraint.
    private mutating func receiveSync() throws(PostgresError) {
        while true {
            guard let result = try nextResult() else {
                // libpq ends the results of such an error with another mark.
                if PQstatus(handle) == CONNECTION_OK { continue }
                throw failure ?? connection.link.lost
            }
            if result.status == PGRES_PIPELINE_SYNC { return }
            try take(result, nil)
        }
    }

    private func nextResult() throws(PostgresError) -> QueryResult? {
        do {
            return try connection.link.nextResult(until: due)
        } catch {
            throw failure ?? error.with(mayHaveBeenDone: mayBeCommitted)
        }
    }

    /// The sync goes last, so the server can have committed nothing while some bytes are not sent.
    private var mayBeCommitted: Bool { isCommitting && connection.link.isFlushed }

    /// - Parameter step: `nil` for the sync.
    private mutating func take(_ result: QueryResult, _ step: ExchangePlan.Step?) throws(PostgresError) {
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: note(result, step)
        case PGRES_PIPELINE_ABORTED: break
        case PGRES_FATAL_ERROR: try fail(result, step)
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            throw PostgresError(.misuse, "COPY from or to the client is not supported", statement: step?.label)
        default: throw PostgresError(.malformedAnswer, "an unexpected answer", statement: step?.label)
        }
    }

    private mutating func note(_ result: QueryResult, _ step: ExchangePlan.Step?) {
        switch step {
        case .clear: connection.statements.clear()
        case .prepare(let statement): connection.statements.add(statement)
        case .run: rows.append(PostgresRows(result))
        case .open, nil: break
        }
    }

    /// Keeps the error, as the answers up to the sync must still be read; throws it if the connection is over.
    private mutating func fail(_ result: QueryResult, _ step: ExchangePlan.Step?) throws(PostgresError) {
        let error = PostgresError.from(result, over: connection.link).with(statement: step?.label)
        guard error.kind == .connectionLost else {
            guard failure == nil else { return }
            failure = error
            isStale = PreparedStatements.isStale(result)
            return
        }
        // A server that ends the session in answer to a step has not read the sync. A pooler may have sent it on.
        let isUndone = error.sqlState != nil && step != nil && !connection.info.isPooled
        throw failure ?? error.with(mayHaveBeenDone: !isUndone && mayBeCommitted)
    }
}
