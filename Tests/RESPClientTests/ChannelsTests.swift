import RESPClient
import RedisUnderTest
import Testing

@Suite("Channels that come and go", .timeLimit(.minutes(15)))
struct ChannelsTests {
    @Test("share one subscription, in both protocols, over a broken connection", arguments: [true, false])
    func comeAndGo(inRESP3: Bool) async throws {
        try await RedisServer.run { server in
            var configuration = RESPConfiguration(address: .host("127.0.0.1", port: server.port))
            configuration.prefersRESP3 = inRESP3
            configuration.connectTimeout = .seconds(20)
            configuration.deadline = .seconds(30)
            let client = RESPClient(configuration)
            let channels = RESPChannels()
            let (confirmed, confirm) = AsyncStream.makeStream(of: String.self)
            let (heard, hear) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await client.subscribe(to: channels) { names in
                        for name in names { confirm.yield(name) }
                    } _: { messages in
                        for message in messages {
                            hear.yield("\(message.channel): \(String(decoding: message.payload, as: UTF8.self))")
                        }
                    }
                }
                var (names, messages) = (confirmed.makeAsyncIterator(), heard.makeAsyncIterator())
                func publish(_ channel: String) async throws {
                    _ = try await client.send(RESPCommand("PUBLISH", channel, "hello"))
                }
                channels.insert("a")
                #expect(await names.next() == "a")
                channels.insert("b")
                #expect(await names.next() == "b")
                channels.remove("a")
                channels.insert("c")
                #expect(await names.next() == "c")
                for channel in ["a", "b", "c"] { try await publish(channel) }
                #expect(await messages.next() == "b: hello")
                #expect(await messages.next() == "c: hello")
                _ = try await client.send(RESPCommand("CLIENT", "KILL", "TYPE", "pubsub"))
                #expect(await names.next() == "b")
                #expect(await names.next() == "c")
                try await publish("c")
                #expect(await messages.next() == "c: hello")
                group.cancelAll()
            }
            await client.close()
        }
    }
}
