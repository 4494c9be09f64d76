import PostgresClient
import PostgresUnderTest
import Testing

@Suite("listener", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct ListenerTests {
    @Test("notifications arrive with their payload, and those of other channels do not")
    func notifications() async throws {
        try await withListener { listener, heard, client in
            listener.listen(to: ["one", "Two \"x\""])
            await heard.listening()
            for (channel, payload) in [("other", "no"), ("one", "a"), ("Two \"x\"", ""), ("one", "ü")] {
                try await client.rows("select pg_notify($1::text, $2::text)", [.text(channel), .text(payload)])
            }
            #expect(await heard.notification() == "one:a")
            #expect(await heard.notification() == "Two \"x\":")
            #expect(await heard.notification() == "one:ü")
        }
    }

    @Test("channels can be added and removed at any time")
    func changes() async throws {
        try await withListener { listener, heard, client in
            listener.listen(to: [])
            listener.listen(to: ["one"])
            await heard.listening()
            listener.listen(to: ["one", "two"])
            await heard.listening()
            try await client.rows("select pg_notify('two', 'b')")
            #expect(await heard.notification() == "two:b")
            listener.listen(to: ["two"])
            await heard.listening()
            _ = try await client.run([.init("select pg_notify('one', 'no')"), .init("select pg_notify('two', 'yes')")])
            #expect(await heard.notification() == "two:yes")
        }
    }

    @Test("names that PostgreSQL cannot take are ignored")
    func names() async throws {
        try await withListener { listener, heard, client in
            let longest = String(repeating: "x", count: 63)
            listener.listen(to: ["", "a\0b", longest + "x", longest])
            await heard.listening()
            try await client.rows("select pg_notify($1::text, 'c')", [.text(longest)])
            #expect(await heard.notification() == "\(longest):c")
        }
    }

    @Test("it reconnects when its connection is cut, and when its server was killed")
    func reconnects() async throws {
        try await PostgresServer.run { server in
            let (heard, listener) = Heard.listener(PostgresConfiguration.of(server))
            defer { listener.close() }
            listener.listen(to: ["one"])
            await heard.listening()
            try await server.psql("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'")
            #expect(await heard.away()?.kind == .connectionLost)
            await heard.listening()
            try await server.psql("select pg_notify('one', 'a')")
            #expect(await heard.notification() == "one:a")
            try await server.kill()
            #expect(await heard.away() != nil)
            try await server.start()
            await heard.listening()
            try await server.psql("select pg_notify('one', 'b')")
            #expect(await heard.notification() == "one:b")
        }
    }

    @Test("a server that is not there is reported, and found when it comes")
    func late() async throws {
        try await PostgresServer.run { server in
            try await server.stop()
            let (heard, listener) = Heard.listener(PostgresConfiguration.of(server))
            defer { listener.close() }
            listener.listen(to: ["one"])
            #expect(await heard.away()?.kind == .unreachable)
            try await server.start()
            await heard.listening()
        }
    }

    @Test("a closed or forgotten listener lets its closures go", arguments: [true, false])
    func ends(isClosed: Bool) async throws {
        let server = try await PostgresServer.shared()
        let (events, continuation) = AsyncStream.makeStream(of: Void.self)
        func listen() {
            let end = End(continuation)
            let listener = PostgresListener(.of(server), onChange: { _ in end.touch() }, onNotification: { _, _ in })
            listener.listen(to: ["one"])
            if isClosed { listener.close() }
        }
        listen()
        for await _ in events {}
    }

    private func withListener(
        _ body: (PostgresListener, Heard, PostgresClient) async throws -> Void
    ) async throws {
        try await withClient { client in
            let (heard, listener) = Heard.listener(client.configuration)
            defer { listener.close() }
            try await body(listener, heard, client)
        }
    }
}

/// Finishes a stream when nobody refers to it any more.
private final class End: Sendable {
    private let continuation: AsyncStream<Void>.Continuation
    init(_ continuation: AsyncStream<Void>.Continuation) { self.continuation = continuation }
    func touch() {}
    deinit { continuation.finish() }
}
