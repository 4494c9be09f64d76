import PostgresClient
import PostgresUnderTest
import Testing

@Suite("transactions", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct TransactionTests {
    private struct Stop: Error {}

    /// With a table `t`, and one connection.
    private static func run(_ body: (PostgresClient) async throws -> Void) async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            try await client.rows("create table t (n int8 unique deferrable initially deferred)")
            try await body(client)
        }
    }

    private static func numbers(_ client: PostgresClient) async throws -> [Int64] {
        try await client.rows("select n from t order by n").ints()
    }

    @Test("what the body did is committed at its end, and the body's value returned")
    func commit() async throws {
        try await Self.run { client async throws in
            let seen = try await client.withTransaction { transaction in
                try await transaction.query("insert into t values ($1::int8)", [.int(1)])
                _ = try await transaction.run([.init("insert into t values (2)"), .init("insert into t values (3)")])
                return try await transaction.query("select count(*) from t")[0].int(0)
            }
            #expect(seen == 3)
            #expect(try await Self.numbers(client) == [1, 2, 3])
        }
    }

    @Test("what the body did is undone if it throws")
    func thrown() async throws {
        try await Self.run { client async throws in
            do {
                try await client.withTransaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    throw Stop()
                }
                Issue.record("nothing was thrown")
            } catch is Stop {}
            #expect(try await Self.numbers(client) == [])
        }
    }

    @Test("a cancelled body that throws is undone, and the connection is free again")
    func cancelled() async throws {
        try await Self.run { client async throws in
            let task = Task {
                try await client.withTransaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    while !Task.isCancelled { await Task.yield() }
                    try Task.checkCancellation()
                }
            }
            task.cancel()
            let result = await task.result
            #expect(throws: CancellationError.self, performing: result.get)
            #expect(try await Self.numbers(client) == [])
        }
    }

    @Test("a failed statement cannot be committed")
    func failed() async throws {
        try await Self.run { client async throws in
            let error = await failure {
                try await client.withTransaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    let error = await failure { try await transaction.query("select * from gone") }
                    #expect(error?.sqlState == "42P01")
                    let next = await failure { try await transaction.query("select 1") }
                    #expect(next?.sqlState == "25P02")
                }
            }
            #expect(error?.kind == .misuse)
            #expect(try await Self.numbers(client) == [])
        }
    }

    @Test("a transaction may go on from a savepoint")
    func savepoint() async throws {
        try await Self.run { client async throws in
            try await client.withTransaction { transaction in
                try await transaction.query("insert into t values (1)")
                try await transaction.query("savepoint s")
                let error = await failure { try await transaction.query("select 1 / 0") }
                #expect(error?.sqlState == "22012")
                try await transaction.query("rollback to s")
                try await transaction.query("insert into t values (2)")
            }
            #expect(try await Self.numbers(client) == [1, 2])
        }
    }

    @Test("an error of the commit is thrown, and nothing is kept")
    func failingCommit() async throws {
        try await Self.run { client async throws in
            let error = await failure {
                try await client.withTransaction { transaction in
                    for _ in 0..<2 { try await transaction.query("insert into t values (1)") }
                }
            }
            #expect(error?.sqlState == "23505")
            #expect(error?.mayHaveBeenDone == false)
            #expect(try await Self.numbers(client) == [])
        }
    }

    @Test("commit may be repeated; nothing goes on after the end")
    func byHand() async throws {
        try await Self.run { client async throws in
            let committed = try await client.begin()
            try await committed.query("insert into t values (1)")
            #expect(committed.isOpen)
            try await committed.commit()
            try await committed.commit()
            #expect(!committed.isOpen)
            await committed.rollback()
            let query = await failure { try await committed.query("select 1") }
            #expect(query?.kind == .misuse)

            let rolledBack = try await client.begin()
            try await rolledBack.query("insert into t values (2)")
            await rolledBack.rollback()
            await rolledBack.rollback()
            let commit = await failure { try await rolledBack.commit() }
            #expect(commit?.kind == .misuse)
            #expect(try await Self.numbers(client) == [1])
        }
    }

    @Test("a body may roll back by itself")
    func rolledBackInside() async throws {
        try await Self.run { client async throws in
            try await client.withTransaction { transaction in
                try await transaction.query("insert into t values (1)")
                await transaction.rollback()
            }
            #expect(try await Self.numbers(client) == [])
        }
    }

    @Test("a transaction that nobody refers to any more is rolled back, and frees its connection")
    func abandoned() async throws {
        try await Self.run { client async throws in
            try await client.begin().query("insert into t values (1)")
            #expect(try await Self.numbers(client) == [])
        }
    }

    @Test("a transaction without a statement is nothing")
    func empty() async throws {
        try await Self.run { client async throws in
            try await client.withTransaction { _ in }
            try await client.begin().commit()
            #expect(try await Self.numbers(client) == [])
        }
    }

    @Test("a statement that ends the transaction is found at the commit")
    func endedInside() async throws {
        try await Self.run { client async throws in
            let error = await failure {
                try await client.withTransaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    try await transaction.query("commit")
                }
            }
            #expect(error?.kind == .misuse)
            #expect(try await Self.numbers(client) == [1])
        }
    }

    @Test("when its time is over, it is rolled back and its connection is free, whatever the body does")
    func late() async throws {
        try await Self.run { client async throws in
            let transaction = try await client.begin(within: .seconds(3))
            try await transaction.query("insert into t values (1)")
            #expect(try await Self.numbers(client) == [])
            #expect(!transaction.isOpen)
            let commit = await failure { try await transaction.commit() }
            #expect(commit?.kind == .deadlineExceeded)
        }
    }

    @Test("several tasks may use one transaction")
    func shared() async throws {
        try await Self.run { client async throws in
            try await client.withTransaction { transaction in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            try await transaction.query("insert into t values ($1::int8)", [.int(Int64(number))])
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await Self.numbers(client) == Array(0..<20))
        }
    }
}
