import RESPClient
import RedisUnderTest
import Testing

@Suite("commands that block", .serialized, .timeLimit(.minutes(15)))
struct BlockingTests {
    private static func blocked(_ client: RESPClient) async throws -> Int {
        let info = try await client.send(RESPCommand("INFO", "clients")).text ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("blocked_clients:") }
        return line.flatMap { Int($0.dropFirst(16)) } ?? 0
    }

    /// The first one after a restart may still go out on the old connection.
    private static func waitUntilServed(_ client: RESPClient) async throws {
        try await wait { await code { _ = try await client.block(RESPCommand("PING"), timeout: .zero) } == nil }
    }

    @Test("they get what comes, or null at their timeout, and stop nobody else")
    func blocks() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                #expect(try await client.block(RESPCommand("BLPOP", "list", "0.05"), timeout: .milliseconds(50)).isNull)
                async let answer = client.block(RESPCommand("BLPOP", "list", 30), timeout: .seconds(30))
                try await wait { try await Self.blocked(client) == 1 }
                _ = try await client.send(RESPCommand("LPUSH", "list", "x"))
                #expect(try await answer.elements?.map(\.text) == ["list", "x"])
            }
        }
    }

    @Test("they outlast keep-alive")
    func outlasts() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.keepAlive = .milliseconds(100) }) {
                client async throws in
                #expect(try await client.block(RESPCommand("BLPOP", "list", "0.5"), timeout: .milliseconds(500)).isNull)
            }
        }
    }

    @Test("connections are used again")
    func stock() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let ids = Trace<Int64?>()
                for _ in 0..<5 {
                    ids.add(try await client.block(RESPCommand("CLIENT", "ID"), timeout: .zero).integer)
                    _ = await code { _ = try await client.block(RESPCommand("INCR"), timeout: .zero) }
                }
                #expect(Set(ids.all).count == 1)
                try await server.kill()
                try await server.start()
                try await Self.waitUntilServed(client)
            }
        }
    }

    @Test("one that is cancelled takes nothing that comes later")
    func cancelled() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let waiting = Task { try await client.block(RESPCommand("BLPOP", "list", 60), timeout: .seconds(60)) }
                try await wait { try await Self.blocked(client) == 1 }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
                try await wait { try await Self.blocked(client) == 0 }
                _ = try await client.send(RESPCommand("LPUSH", "list", "x"))
                #expect(try await client.send(RESPCommand("LLEN", "list")) == .integer(1))
            }
        }
    }

    @Test("a server that dies while one waits is an error, and one that is frozen a missed deadline")
    func serverDies() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.deadline = .seconds(10) }) { client in
                async let lost = code {
                    _ = try await client.block(RESPCommand("BLPOP", "list", 60), timeout: .seconds(60))
                }
                try await wait { try await Self.blocked(client) == 1 }
                try await server.kill()
                #expect(await lost == .connectionLost)
                try await server.start()
                try await Self.waitUntilServed(client)
                try await server.freeze()
                #expect(
                    await code { _ = try await client.block(RESPCommand("PING"), timeout: .zero) } == .deadlineExceeded)
            }
        }
    }

    @Test("a server that becomes a replica ends the wait with an error")
    func demoted() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                async let lost = code {
                    _ = try await client.block(RESPCommand("BLPOP", "list", 60), timeout: .seconds(60))
                }
                try await wait { try await Self.blocked(client) == 1 }
                _ = try await client.send(RESPCommand("REPLICAOF", "127.0.0.1", 1))
                #expect(await lost == .connectionLost)
            }
        }
    }
}
