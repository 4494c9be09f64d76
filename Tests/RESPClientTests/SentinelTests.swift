import RESPClient
import RedisUnderTest
import Testing

@Suite("Sentinel", .serialized, .timeLimit(.minutes(15)))
struct SentinelTests {
    /// A master, a replica that is in step, and a Sentinel that knows both.
    private static func run(_ body: (RedisServer, RedisServer, RedisServer) async throws -> Void) async throws {
        try await RedisServer.run { master in
            var options = RedisServer.Options()
            options.lines = ["replicaof 127.0.0.1 \(master.port)"]
            try await RedisServer.run(options) { replica in
                try await withClient(master.configuration) { client in
                    try await wait {
                        try await client.send(RESPCommand("INFO", "replication")).text?.contains("state=online") == true
                    }
                }
                options.isSentinel = true
                options.lines = [
                    "sentinel monitor here 127.0.0.1 \(master.port) 1", "sentinel down-after-milliseconds here 500",
                    "sentinel failover-timeout here 3000",
                ]
                try await RedisServer.run(options) { sentinel in
                    try await withClient(sentinel.configuration) { client in
                        try await wait {
                            try await client.send(RESPCommand("SENTINEL", "REPLICAS", "here")).elements?.count == 1
                        }
                    }
                    try await body(master, replica, sentinel)
                }
            }
        }
    }

    private static func configuration(_ sentinels: [Int], service: String = "here") -> RESPConfiguration {
        RESPConfiguration(address: .sentinel(sentinels.map { .init("127.0.0.1", port: $0) }, service: service))
    }

    @Test(
        "the master that Sentinel names is spoken to, before and after a failover; Sentinels that are down are passed over"
    )
    func failover() async throws {
        let nobody = try FreePort.next()
        try await Self.run { master, replica, sentinel in
            try await withClient(Self.configuration([nobody, sentinel.port])) { client in
                #expect(
                    try await client.send(RESPCommand("CONFIG", "GET", "port")).elements?.last?.text == "\(master.port)"
                )
                try await master.kill()
                _ = await code { _ = try await client.send(RESPCommand("PING"), deadline: .milliseconds(100)) }
                #expect(try await client.send(RESPCommand("SET", "key", "x"), deadline: .seconds(60)).text == "OK")
                #expect(
                    try await client.send(RESPCommand("CONFIG", "GET", "port")).elements?.last?.text
                        == "\(replica.port)")
                #expect(try await client.block(RESPCommand("BLPOP", "list", "0.05"), timeout: .milliseconds(50)).isNull)
            }
        }
    }

    @Test("who is named as master but is none is not spoken to")
    func noMaster() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) {
                _ = try await $0.send(RESPCommand("REPLICAOF", "127.0.0.1", 1))
            }
            let answer = "*2\r\n$9\r\n127.0.0.1\r\n$\("\(server.port)".count)\r\n\(server.port)\r\n"
            try await FakeServer.run {
                $0.first == "SENTINEL" ? .answer(answer) : nil
            } _: { sentinel in
                try await withClient(Self.configuration([sentinel.port])) { client in
                    let error = await #expect(throws: RESPError.self) {
                        try await client.send(RESPCommand("GET", "x"), deadline: .seconds(3))
                    }
                    #expect(error?.code == .unreachable)
                    #expect(error?.message.contains("not the master") == true)
                    async let found = client.send(RESPCommand("GET", "x"), deadline: .seconds(30))
                    try await withClient(server.configuration) {
                        _ = try await $0.send(RESPCommand("REPLICAOF", "NO", "ONE"))
                    }
                    #expect(try await found.isNull)
                }
            }
        }
    }

    @Test("a service that no Sentinel knows, and a Sentinel that asks for a password")
    func refusals() async throws {
        var options = RedisServer.Options()
        options.isSentinel = true
        options.password = "s3ntinel"
        try await RedisServer.run(options) { sentinel in
            func error(_ password: String?) async throws -> RESPError? {
                var configuration = Self.configuration([sentinel.port], service: "nowhere")
                configuration.sentinelPassword = password
                let client = RESPClient(configuration)
                let error = await #expect(throws: RESPError.self) {
                    try await client.send(RESPCommand("PING"), deadline: .seconds(3))
                }
                await client.close()
                return error
            }
            let unknown = try await error("s3ntinel")
            #expect(unknown?.code == .unreachable)
            #expect(unknown?.message.contains("nowhere") == true)
            #expect(try await error("hunter2")?.code == .unauthorized)
            #expect(try await error(nil)?.code == .unauthorized)
        }
    }
}
