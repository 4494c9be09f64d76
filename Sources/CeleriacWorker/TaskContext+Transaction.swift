import Synchronization

extension TaskContext {
    /// The transaction in which this attempt ends: what the task writes in it, and that it has succeeded, exist together
    /// or neither does.
    ///
    /// ```swift
    /// @Task func book(_ context: TaskContext, order: Int) async throws {
    ///     let transaction = try await context.transaction(of: PostgresTransaction.self)
    ///     try await transaction.query("UPDATE orders SET booked = true WHERE id = $1", [.int(Int64(order))])
    /// }
    /// ```
    ///
    /// The worker commits it with the end of the call, and rolls it back if the attempt fails, is retried, is revoked or
    /// loses its lease. So these writes happen once, although a call may be delivered more than once. Do not commit it
    /// yourself. It holds a connection from the first use to the end of the attempt.
    ///
    /// - Parameter type: the type of the transactions of the app's store, such as `PostgresTransaction`.
    /// - Returns: the same transaction each time.
    /// - Throws: ``CeleriacError`` with code `unsupported` if broker and results are not one store that can do this, or if
    ///   the task runs in a child process; ``BrokerError``.
    public func transaction<Transaction: Sendable>(of type: Transaction.Type) async throws -> Transaction {
        guard let store = app.backend.effects else { throw unsupported("the stores of this app cannot do that") }
        guard !isInChild else { throw unsupported("a child process has no connection to the store") }
        if let known = effect.withLock({ $0 }) { return try transaction(in: known, of: type) }
        let opened = try await store.openEffect()
        let kept = effect.withLock { state in
            if state == nil { state = opened }
            return state ?? opened
        }
        // Two tasks of this attempt may have asked at once.
        if (kept.transaction as AnyObject) !== (opened.transaction as AnyObject) { await opened.rollBack() }
        return try transaction(in: kept, of: type)
    }

    /// Returns the open transaction, if there is one, and gives it up: for whoever ends the attempt.
    func takeEffect() -> OpenEffect? {
        effect.withLock { state in
            defer { state = nil }
            return state
        }
    }

    private func transaction<Transaction: Sendable>(
        in effect: OpenEffect, of type: Transaction.Type
    ) throws -> Transaction {
        if let transaction = effect.transaction as? Transaction { return transaction }
        throw unsupported("its transactions are of the type \(Swift.type(of: effect.transaction)), not \(type)")
    }

    private func unsupported(_ reason: String) -> CeleriacError {
        CeleriacError(
            .unsupported,
            "the task \(task) asked for a transaction that ends with it: \(reason); use a store that is broker and result "
                + "backend in one database, such as postgres://localhost/app, and no process pool")
    }
}
