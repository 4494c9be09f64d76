import PostgresClient
import PostgresUnderTest
import RedisUnderTest
import Testing

@Suite("lost connections", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct LossTests {
    @Test("a server that is killed under load is used again when it is back, and no answer was wrong")
    func killed() async throws {
        try await PostgresServer.run { server in
            try await withClient(of: server, { $0.deadline = .seconds(5) }) { client in
                try await client.rows("create table t (n int8)")
                let load = Load()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { load.stop() }
                    for _ in 0..<16 { group.addTask { await load.insert(into: client) } }
                    for _ in 0..<3 {
                        let before = load.fates.done.count
                        while load.fates.done.count < before + 100 { try await Pause.briefly() }
                        try await server.kill()
                        try await server.start()
                    }
                    load.stop()
                    try await group.waitForAll()
                }
                let kept = Set(try await client.rows("select n from t", within: .seconds(30)).map { try $0.int(0) })
                #expect(load.fates.unexpected.isEmpty)
                #expect(load.fates.done.subtracting(kept).isEmpty, "lost although they were confirmed")
                #expect(load.fates.notDone.intersection(kept).isEmpty, "kept although the client said they were not")
            }
        }
    }

    @Test("a call whose connection breaks says that it may have been done")
    func brokenCall() async throws {
        try await PostgresServer.run { server in
            try await withClient(of: server) { client in
                async let error = failure { try await client.rows("select pg_sleep(600)") }
                while try await server.psql("select count(*) from pg_stat_activity where query like '%sleep(600)'")
                    != "1\n"
                {
                    try await Pause.briefly()
                }
                try await server.kill()
                #expect(await error?.kind == .connectionLost)
                #expect(await error?.mayHaveBeenDone == true)
            }
        }
    }

    @Test("callers do not notice that idle connections were terminated")
    func terminated() async throws {
        try await withClient { client in
            for _ in 0..<20 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { _ = try await client.processID() } }
                    try await group.waitForAll()
                }
                // One connection may be busy with this, so it ends only the others.
                try await client.rows(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity \
                    where datname = current_database() and pid <> pg_backend_pid()
                    """)
            }
        }
    }

    @Test("callers do not notice that the server was restarted while they were idle")
    func restarted() async throws {
        try await PostgresServer.run { server in
            try await withClient(of: server) { client in
                let process = try await client.processID()
                try await server.stop()
                try await server.start()
                #expect(try await client.processID() != process)
            }
        }
    }

    @Test("a statement that ends its own session is reported after a few attempts")
    func suicide() async throws {
        try await withClient { client in
            let error = await failure { try await client.rows("select pg_terminate_backend(pg_backend_pid())") }
            #expect(error?.kind == .connectionLost)
            #expect(error?.sqlState == "57P01")
            #expect(error?.mayHaveBeenDone == false)
        }
    }

    @Test("a transaction whose connection breaks is over")
    func lostTransaction() async throws {
        try await withClient { client in
            let transaction = try await client.begin()
            try await transaction.query("create table t (n int8)")
            let process = try await transaction.query("select pg_backend_pid()")[0].int(0)
            try await client.rows("select pg_terminate_backend($1::int4)", [.int4(Int32(process))])
            let error = await failure { try await transaction.query("select 1") }
            #expect(error?.kind == .connectionLost)
            #expect(error?.mayHaveBeenDone == false)
            #expect(!transaction.isOpen)
            let commit = await failure { try await transaction.commit() }
            #expect(commit?.kind == .connectionLost)
        }
    }

    @Test("a call waits for a server that is not up yet")
    func notUpYet() async throws {
        try await PostgresServer.run { server in
            try await server.stop()
            try await withClient(of: server) { client in
                async let answer = client.rows("select 1::int4")
                try await server.start()
                #expect(try await answer[0].int(0) == 1)
            }
        }
    }

    @Test("a server that cannot be reached is reported at the deadline, or at once if so wanted")
    func unreachable() async throws {
        var configuration = PostgresConfiguration(hosts: [.init("127.0.0.1", port: try FreePort.next())])
        configuration.deadline = .seconds(600)
        let client = PostgresClient(configuration)
        defer { client.close() }
        let late = await failure { try await client.rows("select 1", within: .milliseconds(100)) }
        #expect(late?.kind == .unreachable)
        #expect(late?.mayHaveBeenDone == false)
        client.failAtFirst()
        let soon = await failure { try await client.rows("select 1") }
        #expect(soon?.kind == .unreachable)
    }

    @Test("closing fails the calls that run, those that wait, and later ones")
    func closed() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            let transaction = try await client.begin()
            try await transaction.query("select 1")
            async let waiting = failure { try await client.rows("select 1") }
            async let running = failure { try await transaction.query("select pg_sleep(600)") }
            let server = try await PostgresServer.shared()
            while try await server.psql(
                "select count(*) from pg_stat_activity where query like '%sleep(600)' and application_name = 'celeriac'"
            ) == "0\n" {
                try await Pause.briefly()
            }
            client.close()
            client.close()
            #expect(await running?.kind == .closed)
            #expect(await waiting?.kind == .closed)
            let later = await failure { try await client.rows("select 1") }
            #expect(later?.kind == .closed)
            let commit = await failure { try await transaction.commit() }
            #expect(commit != nil)
        }
    }
}
