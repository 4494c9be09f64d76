import PostgresClient
import PostgresUnderTest
import Testing

@Suite("deadlines", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct DeadlineTests {
    @Test("a call that is late may have been done, and the client goes on")
    func late() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            _ = try await client.server()
            let error = await failure { try await client.rows("select pg_sleep(600)", within: .milliseconds(200)) }
            #expect(error?.kind == .deadlineExceeded)
            #expect(error?.mayHaveBeenDone == true)
            #expect(try await client.rows("select 1::int4")[0].int(0) == 1)
        }
    }

    @Test("a call that got no connection in time has not been done")
    func noneFree() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            let transaction = try await client.begin()
            let error = await failure { try await client.rows("select 1", within: .milliseconds(100)) }
            #expect(error?.kind == .deadlineExceeded)
            #expect(error?.mayHaveBeenDone == false)
            try await transaction.commit()
            #expect(try await client.rows("select 1::int4")[0].int(0) == 1)
        }
    }

    @Test("a server that hangs makes calls late, on open connections and on new ones, until it answers again")
    func frozen() async throws {
        try await PostgresServer.run { server in
            try await withClient(of: server, { $0.mostConnections = 1 }) { client in
                _ = try await client.server()
                try await server.freeze()
                let open = await failure { try await client.rows("select 1", within: .milliseconds(100)) }
                #expect(open?.kind == .deadlineExceeded)
                #expect(open?.mayHaveBeenDone == true)
                let new = await failure { try await client.rows("select 1", within: .milliseconds(100)) }
                #expect(new?.kind == .deadlineExceeded)
                #expect(new?.mayHaveBeenDone == false)
                server.thaw()
                #expect(try await client.rows("select 1::int4")[0].int(0) == 1)
            }
        }
    }

    @Test("a limit of the settings holds for calls with the usual deadline, and is raised for longer ones")
    func statementTimeout() async throws {
        try await withClient({
            $0.settings = ["statement_timeout": "100ms"]
            $0.deadline = .seconds(29)
        }) { client in
            let error = await failure { try await client.rows("select pg_sleep(600)") }
            #expect(error?.sqlState == "57014")
            let setting = "select current_setting('statement_timeout'), pg_sleep(0.2)"
            #expect(try await client.rows(setting, within: .seconds(30))[0].text(0) == "30s")
            let inside = try await client.withTransaction(within: .seconds(30)) {
                try await $0.query(setting)[0].text(0)
            }
            #expect(inside == "30s")
            #expect(try await client.rows("select current_setting('statement_timeout')")[0].text(0) == "100ms")
        }
    }
}
