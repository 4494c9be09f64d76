import RESPClient
import RedisUnderTest
import Testing

@Suite("subscriptions", .serialized, .timeLimit(.minutes(15)))
struct SubscriptionTests {
    @Test("a subscriber gets what is published once it listens, in order", arguments: [true, false])
    func listens(prefersRESP3: Bool) async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.prefersRESP3 = prefersRESP3 }) { client in
                let messages = Trace<RESPMessage>()
                let listening = Task {
                    try await client.subscribe(channels: ["c"], patterns: ["p*"]) {
                        let commands = (0..<500).map { RESPCommand("PUBLISH", $0 % 2 == 0 ? "c" : "pp", $0) }
                        #expect(await code { _ = try await client.send(commands) } == nil)
                    } _: {
                        for message in $0 { messages.add(message) }
                    }
                }
                try await wait { messages.count == 500 }
                let expected = (0..<500).map {
                    RESPMessage(
                        channel: $0 % 2 == 0 ? "c" : "pp", pattern: $0 % 2 == 0 ? nil : "p*",
                        payload: Array("\($0)".utf8))
                }
                #expect(messages.all == expected)
                listening.cancel()
                await #expect(throws: CancellationError.self) { try await listening.value }
            }
        }
    }

    @Test("a subscription outlives the connection, and says when it listens again", arguments: [true, false])
    func outlives(prefersRESP3: Bool) async throws {
        try await RedisServer.run { server in
            try await withClient(
                server.configuration,
                changed: {
                    ($0.prefersRESP3, $0.keepAlive) = (prefersRESP3, .milliseconds(200))
                }
            ) { client in
                let (times, messages) = (Trace<Void>(), Trace<String>())
                let listening = Task {
                    try await client.subscribe(channels: ["c"]) {
                        times.add(())
                    } _: {
                        for message in $0 { messages.add(String(decoding: message.payload, as: UTF8.self)) }
                    }
                }
                func publish(_ text: String, time: Int) async throws {
                    try await wait { times.count == time }
                    _ = try await client.send(RESPCommand("PUBLISH", "c", text), deadline: .seconds(30))
                    try await wait { messages.all.last == text }
                }
                try await publish("at first", time: 1)
                _ = try await client.send(RESPCommand("CLIENT", "KILL", "TYPE", "PUBSUB"))
                try await publish("after a cut", time: 2)
                try await server.kill()
                try await server.start()
                try await publish("after a restart", time: 3)
                server.freeze()
                try await wait {
                    await code { _ = try await client.send(RESPCommand("PING"), deadline: .seconds(30)) }
                        == .connectionLost
                }
                server.thaw()
                try await publish("after silence", time: 4)
                listening.cancel()
                await #expect(throws: CancellationError.self) { try await listening.value }
            }
        }
    }

    @Test("an idle subscription is kept by keep-alive", arguments: [true, false])
    func idle(prefersRESP3: Bool) async throws {
        try await RedisServer.run { server in
            try await withClient(
                server.configuration,
                changed: {
                    ($0.prefersRESP3, $0.keepAlive) = (prefersRESP3, .milliseconds(150))
                }
            ) { client in
                let times = Trace<Void>()
                let listening = Task {
                    try await client.subscribe(channels: ["c"]) {
                        times.add(())
                    } _: { _ in
                    }
                }
                try await wait { times.count == 1 }
                try await wait {
                    let info = try await client.send(RESPCommand("INFO", "commandstats")).text ?? ""
                    return info.split(separator: "cmdstat_ping:calls=").last.flatMap { Int($0.prefix { $0.isNumber }) }
                        ?? 0 > 5
                }
                #expect(times.count == 1)
                listening.cancel()
            }
        }
    }

    @Test("a slow subscriber loses nothing, and lets the server wait")
    func slow() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let (count, gate) = (Trace<Int>(), AsyncStream.makeStream(of: Void.self))
                let (isListening, listens) = AsyncStream.makeStream(of: Void.self)
                let listening = Task {
                    try await client.subscribe(channels: ["c"]) {
                        listens.yield()
                    } _: { messages in
                        if count.all.isEmpty { for await _ in gate.stream { break } }
                        count.add(messages.count)
                    }
                }
                for await _ in isListening { break }
                for start in stride(from: 0, to: 40_000, by: 1000) {
                    _ = try await client.send((start..<start + 1000).map { RESPCommand("PUBLISH", "c", $0) })
                }
                gate.continuation.yield()
                try await wait { count.all.reduce(0, +) == 40_000 }
                listening.cancel()
            }
        }
    }

    @Test("a subscription that the server refuses ends with its error")
    func refused() async throws {
        var options = RedisServer.Options()
        options.lines = ["user default on nopass ~* resetchannels &mine +@all"]
        try await RedisServer.run(options) { server in
            try await withClient(server.configuration) { client in
                let error = await #expect(throws: RESPError.self) {
                    try await client.subscribe(channels: ["other"]) { _ in }
                }
                #expect(error?.server?.kind == "NOPERM")
                #expect(await code { try await client.subscribe { _ in } } == .misconfigured)
            }
        }
    }
}
