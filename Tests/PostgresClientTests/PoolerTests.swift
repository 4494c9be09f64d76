import PostgresClient
import PostgresUnderTest
import Testing

@Suite("poolers", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct PoolerTests {
    private static func run(
        mode: String = "transaction", _ change: @escaping (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresClient, PostgresServer) async throws -> Void
    ) async throws {
        try await PostgresServer.run { server in
            try await PgBouncer.run(before: server, mode: mode) { bouncer in
                try await withClient(
                    of: server,
                    { configuration in
                        configuration.hosts = [.init("127.0.0.1", port: bouncer.port)]
                        change(&configuration)
                    }
                ) { try await body($0, server) }
            }
        }
    }

    @Test("a pooler is noticed, and the settings hold in each transaction")
    func settings() async throws {
        try await Self.run({ $0.settings = ["enable_seqscan": "off", "celeriac.own": "mine"] }) {
            client, _ async throws in
            #expect(try await client.server().isPooled)
            let sql = "select current_setting('enable_seqscan'), current_setting('celeriac.own')"
            for _ in 0..<3 {
                let row = try await client.rows(sql)[0]
                #expect(try [row.text(0), row.text(1)] == ["off", "mine"])
                try await client.withTransaction { transaction in
                    let row = try await transaction.query(sql)[0]
                    #expect(try [row.text(0), row.text(1)] == ["off", "mine"])
                }
            }
        }
    }

    @Test("statements of many tasks work, although their connections are shared out anew for each transaction")
    func many() async throws {
        try await Self.run({ $0.mostConnections = 8 }) { client, _ async throws in
            try await client.rows("create table t (n int8)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        for turn in 0..<10 {
                            let number = Int64(task * 10 + turn)
                            let rows = try await client.run([
                                .init("insert into t values ($1::int8)", [.int(number)]),
                                .init("select $1::int8, $2::text", [.int(number), .text("\(turn)")]),
                            ])
                            #expect(try rows[1][0].int(0) == number)
                        }
                        try await client.withTransaction { _ = try await $0.run([.init("select count(*) from t")]) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.rows("select count(distinct n) from t")[0].int(0) == 320)
        }
    }

    @Test("an error in a transaction leaves the pooled connection usable")
    func errors() async throws {
        try await Self.run({ $0.mostConnections = 1 }) { client, _ async throws in
            for _ in 0..<3 {
                let error = await failure { try await client.rows("select 1 / 0") }
                #expect(error?.sqlState == "22012")
                #expect(try await client.rows("select 1::int4")[0].int(0) == 1)
            }
        }
    }

    @Test("a wrong database is refused")
    func wrongDatabase() async throws {
        try await Self.run({ $0.database = "no_such_database" }) { client, _ async throws in
            let error = await failure { try await client.rows("select 1", within: .seconds(3)) }
            #expect(error?.kind == .loginRefused)
        }
    }

    @Test("a listener finds that it is deaf behind a pooler in transaction mode")
    func deaf() async throws {
        try await Self.run { client, _ async throws in
            let (heard, listener) = Heard.listener(client.configuration)
            defer { listener.close() }
            listener.listen(to: ["one"])
            await heard.deaf()
        }
    }

    @Test("a listener hears through a pooler in session mode")
    func session() async throws {
        try await Self.run(mode: "session") { client, server async throws in
            let (heard, listener) = Heard.listener(client.configuration)
            defer { listener.close() }
            listener.listen(to: ["one"])
            await heard.listening()
            try await server.psql("select pg_notify('one', 'a')")
            #expect(await heard.notification() == "one:a")
        }
    }
}
