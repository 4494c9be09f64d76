import CPostgres

/// A transaction on the thread whose connection it holds. Begins with its first calls.
struct HeldTransaction {
    private let connection: Connection
    private let deadline: Duration
    private let due: ContinuousClock.Instant
    private let statementTimeout: Duration?
    private var hasBegun = false

    /// How long a rollback may take after the time of the transaction is over.
    private static let grace = Duration.seconds(1)

    init(
        _ connection: Connection, within deadline: Duration, until due: ContinuousClock.Instant,
        statementTimeout: Duration?
    ) {
        self.connection = connection
        self.deadline = deadline
        self.due = due
        self.statementTimeout = statementTimeout
    }

    /// Carries out the orders of the line until it is over.
    mutating func serve(_ line: TransactionLine) {
        while let pending = line.next(until: due) {
            let answer = Result { () throws(PostgresError) in try carryOut(pending.order) }
            let end = end(after: pending.order, answer)
            // Before the answer, so that no order slips in between.
            if let end { line.end(end) }
            pending.answer(answer)
            if end != nil { return }
        }
        line.end(.late(deadline, "the transaction was rolled back, as it was not over"))
    }

    private mutating func carryOut(_ order: TransactionLine.Order) throws(PostgresError) -> [PostgresRows] {
        switch order {
        case .run(let calls): return try run(calls)
        case .commit: try commit()
        case .rollback: try rollBack(until: max(due, Due.after(Self.grace)))
        }
        return []
    }

    /// The error for orders after this one, if it ends the transaction.
    private func end(after order: TransactionLine.Order, _ answer: PendingCall.Answer) -> PostgresError? {
        if case .run = order {
            guard connection.isBroken, case .failure(let error) = answer else { return nil }
            let kind: PostgresError.Kind = error.kind == .closed ? .closed : .connectionLost
            return PostgresError(kind, "the transaction was lost: \(error.message)", sqlState: error.sqlState)
        }
        return PostgresError(.misuse, "the transaction is over")
    }

    private mutating func run(_ calls: [PostgresCall]) throws(PostgresError) -> [PostgresRows] {
        guard !hasBegun else { return try connection.run(calls, isCommitting: false, until: due) }
        hasBegun = true
        do {
            return try begin(with: calls)
        } catch {
            guard connection.statements.areStale, !connection.isBroken else { throw error }
            // A prepared statement was stale. The transaction has done nothing else yet, so it can begin anew.
            try rollBack(until: due)
            return try begin(with: calls)
        }
    }

    private func begin(with calls: [PostgresCall]) throws(PostgresError) -> [PostgresRows] {
        let opening = connection.opening(begins: true, statementTimeout: statementTimeout)
        return try connection.run(opening: opening, calls, isCommitting: false, until: due)
    }

    private func commit() throws(PostgresError) {
        guard hasBegun else { return }
        switch connection.transaction {
        case PQTRANS_INTRANS: _ = try connection.run([Self.call("COMMIT")], until: due)
        case PQTRANS_INERROR:
            try rollBack(until: due)
            throw PostgresError(.misuse, "one of the transaction's statements has failed, so it was rolled back")
        default: throw PostgresError(.misuse, "one of its statements has ended the transaction already")
        }
    }

    private func rollBack(until due: ContinuousClock.Instant) throws(PostgresError) {
        guard hasBegun, connection.transaction != PQTRANS_IDLE else { return }
        _ = try connection.run([Self.call("ROLLBACK")], isCommitting: false, until: due)
    }

    private static func call(_ sql: String) -> PostgresCall {
        PostgresCall(PostgresStatement(name: "", sql: sql))
    }
}
