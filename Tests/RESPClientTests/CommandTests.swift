import RESPClient
import RedisUnderTest
import Testing

@Suite("commands", .serialized, .timeLimit(.minutes(15)))
struct CommandTests {
    @Test("commands are answered, in RESP3 and in RESP2", arguments: [true, false])
    func answers(prefersRESP3: Bool) async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.prefersRESP3 = prefersRESP3 }) { client in
                #expect(try await client.send(RESPCommand("SET", "key", "value")) == .simple("OK"))
                #expect(try await client.send(RESPCommand("GET", "key")).text == "value")
                #expect(try await client.send(RESPCommand("GET", "none")).isNull)
                #expect(try await client.send(RESPCommand("ZADD", "set", "1.5", "a")) == .integer(1))
                #expect(try await client.send(RESPCommand("ZSCORE", "set", "a")).double == 1.5)
                _ = try await client.send(RESPCommand("HSET", "hash", "a", 1))
                #expect(try await client.send(RESPCommand("HGETALL", "hash")).elements?.map(\.text) == ["a", "1"])
            }
        }
    }

    @Test("an error of the server is thrown, and says what the server said")
    func serverError() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                _ = try await client.send(RESPCommand("SET", "key", "value"))
                let error = await #expect(throws: RESPError.self) {
                    try await client.send(RESPCommand("LPUSH", "key", "x"))
                }
                #expect(error?.code == .server)
                #expect(error?.server?.kind == "WRONGTYPE")
                let unknown = await #expect(throws: RESPError.self) {
                    try await client.send(RESPCommand("NOSUCH", "hunter2"))
                }
                #expect(unknown.map { "\($0)".contains("hunter2") } == false)
            }
        }
    }

    @Test("commands sent together are answered one by one, errors in their places")
    func several() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let answers = try await client.send([
                    RESPCommand("SET", "key", "value"), RESPCommand("INCR", "key"), RESPCommand("GET", "key"),
                ])
                #expect(answers.map(\.text) == ["OK", nil, "value"])
                guard case .error(let error) = answers[1] else { throw RESPViolation.unasked }
                #expect(error.kind == "ERR")
                #expect(try await client.send([]) == [])
            }
        }
    }

    @Test("a transaction is carried out as a whole or not at all")
    func transaction() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let answers = try await client.transaction([
                    RESPCommand("INCR", "n"), RESPCommand("LPUSH", "n", "x"), RESPCommand("INCR", "n"),
                ])
                #expect(answers.first == .integer(1))
                #expect(answers.last == .integer(2))
                let error = await #expect(throws: RESPError.self) {
                    try await client.transaction([RESPCommand("INCR", "n"), RESPCommand("NOSUCH")])
                }
                #expect(error?.server?.kind == "ERR")
                #expect(try await client.send(RESPCommand("GET", "n")).text == "2")
            }
        }
    }

    @Test("CR and LF in arguments and keys are bytes as others")
    func lineEnds() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let value = "a\r\nFLUSHALL\r\n*1\r\n$8\r\nFLUSHALL\r\n\0"
                _ = try await client.send(RESPCommand("SET", "k\r\n1", value))
                #expect(try await client.send(RESPCommand("GET", "k\r\n1")).text == value)
                #expect(try await client.send(RESPCommand("DBSIZE")) == .integer(1))
            }
        }
    }

    @Test("64 callers at once each get their own answers")
    func concurrentCallers() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for caller in 0..<64 {
                        group.addTask {
                            for turn in 0..<100 {
                                let word = "\(caller)-\(turn)"
                                if turn % 10 == 0 {
                                    let words = try await client.send([
                                        RESPCommand("ECHO", word), RESPCommand("ECHO", "2"),
                                    ])
                                    #expect(words.map(\.text) == [word, "2"])
                                } else {
                                    #expect(try await client.send(RESPCommand("ECHO", word)).text == word)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(
                    try await client.send(RESPCommand("CLIENT", "LIST", "TYPE", "NORMAL")).text?.split(separator: "\n")
                        .count == 1)
            }
        }
    }

    @Test("large values go through in both directions")
    func largeValues() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let value = [UInt8](repeating: 7, count: 20_000_000)
                _ = try await client.send(RESPCommand("SET", "key", value))
                #expect(try await client.send(RESPCommand("GET", "key")).bytes == value)
            }
            try await withClient(server.configuration, changed: { $0.largestReply = 1_000_000 }) {
                client async throws in
                #expect(await code { _ = try await client.send(RESPCommand("GET", "key")) } == .protocolViolation)
                #expect(
                    try await client.send(RESPCommand("STRLEN", "key")) == .integer(20_000_000), "on a new connection")
            }
        }
    }

    @Test("a script runs by its digest, and by its text after a flush or a restart")
    func scripts() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                let script = RESPScript("return {KEYS[1], ARGV[1], ARGV[2]}")
                func run() async throws -> [String?]? {
                    try await client.run(script, keys: ["k"], arguments: ["a", 2]).elements?.map(\.text)
                }
                for _ in 0..<3 { #expect(try await run() == ["k", "a", "2"]) }
                let calls = try await client.send(RESPCommand("INFO", "commandstats")).text ?? ""
                #expect(calls.contains("cmdstat_evalsha:calls=3,"))
                #expect(calls.contains("cmdstat_eval:calls=1,"))
                _ = try await client.send(RESPCommand("SCRIPT", "FLUSH"))
                #expect(try await run() == ["k", "a", "2"])
                try await server.kill()
                try await server.start()
                try await client.waitUntilServed()
                #expect(try await run() == ["k", "a", "2"])
                let error = await #expect(throws: RESPError.self) {
                    try await client.run(RESPScript("return redis.error_reply('MINE is mine')"), keys: [])
                }
                #expect(error?.server?.kind == "MINE")
            }
        }
    }

    @Test("user, password, name and database are set on every connection", arguments: [true, false])
    func login(prefersRESP3: Bool) async throws {
        var options = RedisServer.Options()
        options.password = "s3cret"
        options.lines = ["user worker on >w0rker ~* &* +@all"]
        try await RedisServer.run(options) { server in
            try await withClient(
                server.configuration,
                changed: {
                    ($0.user, $0.password, $0.database, $0.clientName) = ("worker", "w0rker", 3, "mine")
                    $0.prefersRESP3 = prefersRESP3
                }
            ) { client in
                for _ in 0..<2 {
                    let line = try await client.send(RESPCommand("CLIENT", "INFO")).text ?? ""
                    for part in ["name=mine", "db=3", "user=worker", "resp=\(prefersRESP3 ? 3 : 2)"] {
                        #expect(line.contains(part))
                    }
                    try await server.kill()
                    try await server.start()
                    try await client.waitUntilServed()
                }
            }
            try await withClient(server.configuration, changed: { $0.password = "s3cret" }) { client async throws in
                #expect(try await client.send(RESPCommand("ACL", "WHOAMI")).text == "default")
            }
        }
    }

    @Test("a wrong password, and none, are refused at once and not shown", arguments: [true, false])
    func wrongPassword(prefersRESP3: Bool) async throws {
        var options = RedisServer.Options()
        options.password = "s3cret"
        try await RedisServer.run(options) { server in
            for password in ["hunter2", nil] {
                try await withClient(
                    server.configuration,
                    changed: {
                        ($0.password, $0.prefersRESP3, $0.deadline) = (password, prefersRESP3, .seconds(60))
                    }
                ) { client in
                    let error = await #expect(throws: RESPError.self) { try await client.send(RESPCommand("PING")) }
                    #expect(error?.code == .unauthorized)
                    #expect(error.map { "\($0)".contains("hunter2") } == false)
                }
            }
        }
    }

    @Test("a database that does not exist is a mistake of the configuration")
    func noSuchDatabase() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.database = 99 }) { client in
                #expect(await code { _ = try await client.send(RESPCommand("PING")) } == .misconfigured)
            }
        }
    }

    @Test("a server listens on a unix socket as well")
    func unixSocket() async throws {
        try await RedisServer.run { server in
            try await withClient(RESPConfiguration(address: .unixSocket(server.socketPath))) { client async throws in
                #expect(try await client.send(RESPCommand("PING")).text == "PONG")
            }
        }
    }
}
