import PostgresClient
import PostgresUnderTest
import Testing

@Suite("run", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct RunTests {
    @Test("calls run in order, in one transaction, and each has its rows")
    func order() async throws {
        try await withClient { client in
            let rows = try await client.run([
                .init("create table t (n int8)"), .init("insert into t select unnest($1::int8[])", [.ints([1, 2])]),
                .init("select n, txid_current() from t order by n"), .init("delete from t where n = 2"),
                .init("select txid_current(), (select count(*) from t)"),
            ])
            #expect(rows.map(\.affected) == [0, 2, 2, 1, 1])
            #expect(rows.map(\.count) == [0, 0, 2, 0, 1])
            #expect(try rows[2].ints() == [1, 2])
            #expect(try rows[2][0].int(1) == rows[4][0].int(0))
            #expect(try rows[4][0].int(1) == 1)
        }
    }

    @Test("if a call fails, those before it are undone, those after it do not run, and the connection goes on")
    func failure() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            try await client.rows("create table t (n int8 constraint positive check (n > 0))")
            let process = try await client.processID()
            let insert = "insert into t values ($1::int8)"
            let error = await PostgresClientTests.failure {
                _ = try await client.run([
                    .init(insert, [.int(1)]), .init(insert, [.int(-2)]), .init(insert, [.int(3)]),
                ])
            }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == "23514")
            #expect(error?.constraint == "positive")
            #expect(error?.statement == "test \(insert.hashValue)")
            #expect(error?.mayHaveBeenDone == false)
            #expect(try await client.rows("select count(*) from t")[0].int(0) == 0)
            try await client.rows(insert, [.int(4)])
            #expect(try await client.rows("select n from t").ints() == [4])
            #expect(try await client.processID() == process)
        }
    }

    @Test("an error of the commit itself undoes the calls, and the connection goes on")
    func failingCommit() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            try await client.rows("create table t (n int8 constraint once unique deferrable initially deferred)")
            let process = try await client.processID()
            let insert = "insert into t values ($1::int8)"
            for _ in 0..<3 {
                let error = await PostgresClientTests.failure {
                    _ = try await client.run([.init(insert, [.int(1)]), .init(insert, [.int(1)])])
                }
                #expect(error?.sqlState == "23505")
                #expect(error?.constraint == "once")
            }
            #expect(try await client.rows("select count(*) from t")[0].int(0) == 0)
            #expect(try await client.processID() == process)
        }
    }

    @Test("statements that were not prepared because an earlier call failed are prepared later")
    func preparedAfterFailure() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            for _ in 0..<2 {
                let error = await PostgresClientTests.failure {
                    _ = try await client.run([
                        .init("select 1::int4"), .init("select * from gone"), .init("select 2::int4"),
                    ])
                }
                #expect(error?.sqlState == "42P01")
            }
            let rows = try await client.run([.init("select 2::int4"), .init("select 1::int4")])
            #expect(try [rows[0].ints(), rows[1].ints()] == [[2], [1]])
        }
    }

    @Test("a statement is prepared once for each connection")
    func preparedOnce() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            for _ in 0..<3 { _ = try await client.run([.init("select 1::int4"), .init("select 1::int4")]) }
            let count = "select count(*) from pg_prepared_statements where statement = 'select 1::int4'"
            #expect(try await client.rows(count)[0].int(0) == 1)
        }
    }

    @Test("a name stands for one text")
    func names() async throws {
        try await withClient { client in
            let (one, two) = (
                PostgresStatement(name: "n", sql: "select 1"), PostgresStatement(name: "n", sql: "select 2")
            )
            let within = await PostgresClientTests.failure { _ = try await client.run([.init(one), .init(two)]) }
            #expect(within?.kind == .misuse)
            _ = try await client.run([.init(one)])
            let later = await PostgresClientTests.failure { _ = try await client.run([.init(two)]) }
            #expect(later?.kind == .misuse)
            #expect(later?.statement == "n")
        }
    }

    @Test("a statement whose table has changed, or that the server forgot, is prepared again unseen")
    func stale() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            try await client.rows("create table t (n int8)")
            try await client.rows("insert into t values (1)")
            #expect(try await client.rows("select * from t")[0].count == 1)
            try await client.rows("alter table t add column m int8 default 5")
            #expect(try await client.rows("select * from t")[0].count == 2)
            try await client.rows("deallocate all")
            let rows = try await client.run([.init("select * from t"), .init("insert into t values (2)")])
            #expect(rows[0].count == 1)
            #expect(try await client.rows("select count(*) from t")[0].int(0) == 2)
        }
    }

    @Test("in a transaction, the first calls are repeated if a statement is stale; later ones fail the transaction")
    func staleInTransaction() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            let process = try await client.processID()
            let select = PostgresCall("select * from t")
            _ = try await client.run([.init("create table t (n int8)"), .init("insert into t values (1)"), select])
            try await client.rows("alter table t add column m int8")
            let first = try await client.withTransaction { try await $0.run([.init("select 1"), select])[1][0].count }
            #expect(first == 2)
            try await client.rows("alter table t add column o int8")
            let later = await PostgresClientTests.failure {
                try await client.withTransaction { transaction in
                    try await transaction.query("insert into t values (2)")
                    _ = try await transaction.run([select])
                }
            }
            #expect(later?.sqlState == "0A000")
            let rows = try await client.run([select])[0]
            #expect(rows.count == 1 && rows[0].count == 3)
            #expect(try await client.processID() == process)
        }
    }

    @Test("a call that cannot be sent is misuse, and the connection goes on")
    func unsendable() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            let process = try await client.processID()
            let many = [PostgresValue](repeating: .int(1), count: 65_536)
            let calls: [[PostgresCall]] = [
                [.init("select 1"), .init("select 2", many)], [.init("select 1\0")],
                [.init(PostgresStatement(name: "a\0b", sql: "select 1"))],
            ]
            for calls in calls {
                let error = await PostgresClientTests.failure { _ = try await client.run(calls) }
                #expect(error?.kind == .misuse)
            }
            #expect(try await client.processID() == process)
        }
    }

    @Test("a COPY, or a transaction that a call leaves open, is given up with its connection")
    func strays() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            try await client.rows("create table t (n int8)")
            let error = await PostgresClientTests.failure { try await client.rows("copy t from stdin") }
            #expect(error?.kind == .misuse)
            _ = try await client.run([.init("begin"), .init("insert into t values (1)")])
            #expect(try await client.rows("select count(*) from t")[0].int(0) == 0)
        }
    }

    @Test("no calls need no connection")
    func nothing() async throws {
        let client = PostgresClient(PostgresConfiguration(hosts: [.init("/nowhere")]))
        defer { client.close() }
        #expect(try await client.run([]).isEmpty)
    }

    @Test("the server is known after the first connection")
    func server() async throws {
        try await withClient { client in
            let info = try await client.server()
            #expect(info.version >= 120_000)
            #expect(!info.isPooled)
            #expect(info.encoding == "UTF8")
            #expect(!info.isReadOnly)
        }
    }

    @Test("the settings hold in each session")
    func settings() async throws {
        try await withClient({ $0.settings = ["enable_seqscan": "off", "celeriac.own": "it's $1"] }) { client in
            let sql = """
                select current_setting('enable_seqscan'), current_setting('celeriac.own'), \
                current_setting('application_name')
                """
            let row = try await client.rows(sql)[0]
            #expect(try row.texts() == ["off", "it's $1", "celeriac"])
        }
    }

    @Test(
        "a bad setting fails the calls at once",
        arguments: [("work_mem; drop", PostgresError.Kind.misuse), ("", .misuse), ("no_such_setting", .server)])
    func badSetting(name: String, kind: PostgresError.Kind) async throws {
        try await withClient({ $0.settings = [name: "1"] }) { client in
            let error = await PostgresClientTests.failure { try await client.rows("select 1") }
            #expect(error?.kind == kind)
        }
    }
}
