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
                let listener = Listener(client)
                try await listener.hears("at first", after: 0)
                var before = listener.times.count
                _ = try await client.send(RESPCommand("CLIENT", "KILL", "TYPE", "PUBSUB"))
                try await listener.hears("after a cut", after: before)
                before = listener.times.count
                try await server.kill()
                try await server.start()
                try await listener.hears("after a restart", after: before)
                before = listener.times.count
                while listener.times.count == before {
                    try await server.freeze()
                    // Whoever awaits an answer learns that there is none; the subscription learns it about then.
                    try await wait {
                        await code { _ = try await client.send(RESPCommand("PING"), deadline: .seconds(2)) } != nil
                    }
                    server.thaw()
                    try await listener.hears("after silence", after: before - 1)
                }
                listener.task.cancel()
                await #expect(throws: CancellationError.self) { try await listener.task.value }
            }
        }
    }

    /// A subscriber of the channel "c". On a busy machine keep-alive may renew its connection more often than the test
    /// cuts it, and a message that is published meanwhile is nobody's; so messages are published until one is heard.
    private struct Listener {
        let client: RESPClient
        let times = Trace<Void>()
        let messages = Trace<String>()
        let task: Task<Void, any Error>

        init(_ client: RESPClient) {
            self.client = client
            task = Task { [times, messages] in
                try await client.subscribe(channels: ["c"]) {
                    times.add(())
                } _: {
                    for message in $0 { messages.add(String(decoding: message.payload, as: UTF8.self)) }
                }
            }
        }

        /// Waits until it listens for more than the given number of times, and hears the text.
        func hears(_ text: String, after count: Int) async throws {
            try await wait { times.count > count }
            let heard = messages.count
            try await wait {
                _ = await code { _ = try await client.send(RESPCommand("PUBLISH", "c", text), deadline: .seconds(30)) }
                return messages.all.dropFirst(heard).contains(text)
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
                try await wait { times.count > 0 }
                // On a busy machine an answer may come too late; a connection that is given up was asked once.
                try await wait {
                    let (before, count) = (times.count, await Self.pings(client))
                    try await wait { await Self.pings(client) > count + 5 }
                    return times.count == before
                }
                listening.cancel()
            }
        }
    }

    private static func pings(_ client: RESPClient) async -> Int {
        let info = try? await client.send(RESPCommand("INFO", "commandstats"), deadline: .seconds(30)).text
        return info?.split(separator: "cmdstat_ping:calls=").dropFirst().first.flatMap {
            Int($0.prefix(while: \.isNumber))
        }
            ?? 0
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
