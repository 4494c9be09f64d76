/// The statements that one exchange sends, in order. Pure.
struct ExchangePlan {
    enum Step {
        /// Lets the server forget its prepared statements.
        case clear
        case prepare(PostgresStatement)
        /// A statement of ours that goes ahead of the calls; its rows are dropped.
        case open(PostgresCall)
        case run(PostgresCall, isPrepared: Bool)

        /// The name that an error of this step carries.
        var label: String? {
            switch self {
            case .clear, .open: nil
            case .prepare(let statement): statement.label
            case .run(let call, _): call.statement.label
            }
        }
    }

    private(set) var steps: [Step] = []
    /// The texts of the statements that this exchange prepares.
    private var preparing: [String: String] = [:]

    /// - Parameters:
    ///   - statements: what is prepared already; `nil` if nothing can be.
    /// - Throws: `misuse` for a call that cannot be sent.
    init(
        opening: [PostgresCall], _ calls: [PostgresCall], _ statements: PreparedStatements?
    ) throws(PostgresError) {
        steps.reserveCapacity(opening.count + calls.count)
        for call in opening { steps.append(.open(call)) }
        for call in calls {
            try call.check()
            guard let statements, !call.statement.name.isEmpty else {
                steps.append(.run(call, isPrepared: false))
                continue
            }
            try prepare(call.statement, statements)
            steps.append(.run(call, isPrepared: true))
        }
    }

    private mutating func prepare(
        _ statement: PostgresStatement, _ statements: PreparedStatements
    ) throws(PostgresError) {
        if let text = statements.text(of: statement.name) ?? preparing[statement.name] {
            guard text == statement.sql else {
                throw PostgresError(
                    .misuse, "two statements of this name have different texts", statement: statement.name)
            }
            return
        }
        // Not earlier: a failed transaction refuses everything but its rollback, which is not prepared.
        if statements.areStale, preparing.isEmpty { steps.append(.clear) }
        // Right before its first use, as the calls before may create what it needs.
        steps.append(.prepare(statement))
        preparing[statement.name] = statement.sql
    }
}
