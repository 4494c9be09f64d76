import CeleriacCore
import PostgresClient

/// A statement with its parameters.
struct Request: Sendable {
    let sql: SQL
    let values: [PostgresValue]

    init(_ sql: SQL, _ values: [PostgresValue] = []) {
        self.sql = sql
        self.values = values
    }
}

/// Carries out the store's statements: on any of its connections, each list in a transaction of its own, or all within
/// one open transaction.
struct Session: Sendable {
    let store: PostgresStore
    /// The open transaction; `nil` if each list is one.
    let transaction: PostgresTransaction?
    /// The connections for lists that are transactions of their own.
    let client: PostgresClient
    /// Statements before and after those of each list, in a transaction that is not the store's own.
    var frame = Frame()

    struct Frame: Sendable {
        var before: [PostgresCall] = []
        var after: [PostgresCall] = []
    }

    @discardableResult
    func run(
        _ requests: [Request], within deadline: Duration? = nil, isUrgent: Bool = false
    ) async throws(PostgresError) -> [PostgresRows] {
        let first = store.clocks + frame.before
        let calls = first + requests.map { PostgresCall(store.statements[$0.sql], $0.values) } + frame.after
        let answers =
            if let transaction { try await transaction.run(calls) } else {
                try await client.run(calls, within: deadline, isUrgent: isUrgent)
            }
        return Array(answers[first.count..<first.count + requests.count])
    }

    @discardableResult
    func run(_ sql: SQL, _ values: PostgresValue...) async throws(PostgresError) -> PostgresRows {
        try await run([Request(sql, values)])[0]
    }
}

extension PostgresStore {
    /// Runs one list of statements as a transaction, again if it lost against another transaction.
    ///
    /// - Parameter deadline: of all tries together.
    /// - Throws: ``BrokerError``.
    func run(
        _ requests: [Request], on lane: Lane = .durable, within deadline: Duration? = nil, isUrgent: Bool = false
    ) async throws -> [PostgresRows] {
        try await repeating(within: deadline) { rest in
            try await session(on: lane).run(requests, within: rest, isUrgent: isUrgent)
        }
    }

    func run(_ sql: SQL, _ values: PostgresValue..., on lane: Lane = .durable) async throws -> PostgresRows {
        try await run([Request(sql, values)], on: lane)[0]
    }

    /// Runs `body` in one transaction, again from its start if it lost against another transaction.
    ///
    /// - Parameter deadline: of all tries together.
    /// - Throws: ``BrokerError``, and what `body` throws.
    func transaction<Value: Sendable>(
        on lane: Lane = .durable, within deadline: Duration? = nil, _ body: (Session) async throws -> Value
    ) async throws -> Value {
        try await repeating(within: deadline) { rest in
            let client = client(of: lane)
            return try await client.withTransaction(within: rest) { transaction in
                try await body(Session(store: self, transaction: transaction, client: client))
            }
        }
    }

    func session(on lane: Lane) -> Session { Session(store: self, transaction: nil, client: client(of: lane)) }

    private func client(of lane: Lane) -> PostgresClient { lane == .durable ? durable : relaxed }

    /// Runs `body`, again if it lost against another transaction.
    ///
    /// - Parameters:
    ///   - deadline: of all tries together.
    ///   - body: is given what is left of it.
    /// - Throws: ``BrokerError``, and what `body` throws.
    func repeating<Value>(
        within deadline: Duration? = nil, _ body: (_ rest: Duration) async throws -> Value
    ) async throws -> Value {
        try await check()
        let due = ContinuousClock.now + (deadline ?? self.deadline)
        var tries = 1
        while true {
            do { return try await body(ContinuousClock.now.duration(to: due)) } catch let error as PostgresError {
                guard error.asksForRepetition, tries < Self.mostTries, ContinuousClock.now < due else {
                    throw StoreError.translating(error, address)
                }
                tries += 1
            }
        }
    }

    private static var mostTries: Int { 10 }
}
