import RESPClient
import RedisUnderTest
import Testing

@Suite("when the server fails", .serialized, .timeLimit(.minutes(15)))
struct FailureTests {
    @Test("commands find the server again after it was killed, was restarted, or cut the connection")
    func reconnects() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                #expect(try await client.send(RESPCommand("PING")).text == "PONG")
                try await server.kill()
                async let isServed: Void = client.waitUntilServed()
                try await server.start()
                try await isServed
                try await server.stop()
                try await server.start()
                try await client.waitUntilServed()
                try await withClient(server.configuration) { other in
                    let id = try await client.send(RESPCommand("CLIENT", "ID")).integer
                    _ = try await other.send(RESPCommand("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES"))
                    // A command may still go out on the connection that is being cut; the next one does not.
                    _ = await code { _ = try await client.send(RESPCommand("PING")) }
                    #expect(try await client.send(RESPCommand("CLIENT", "ID")).integer != id)
                }
            }
        }
    }

    @Test("without a server a command fails at its deadline, and is not sent later")
    func unreachable() async throws {
        try await RedisServer.run { server in
            try await server.kill()
            try await withClient(server.configuration) { client in
                let error = await #expect(throws: RESPError.self) {
                    try await client.send(RESPCommand("SET", "key", "x"), deadline: .seconds(2))
                }
                #expect(error?.code == .unreachable)
                #expect(error?.message.contains("\(server.port)") == true, "it says where")
                try await server.start()
                #expect(try await client.send(RESPCommand("EXISTS", "key"), deadline: .seconds(30)) == .integer(0))
            }
        }
    }

    @Test(
        "a client that is to fail at first does so at its first attempt, with the reason, and waits once it was connected"
    )
    func failsAtFirst() async throws {
        try await RedisServer.run { server in
            try await server.kill()
            try await withClient(server.configuration) { client in
                client.failAtFirst()
                // Longer than the test may take: waiting for the deadline would fail it.
                for _ in 0..<2 {
                    let error = await #expect(throws: RESPError.self) {
                        try await client.send(RESPCommand("PING"), deadline: .seconds(3600))
                    }
                    #expect(error?.code == .unreachable)
                    #expect(error?.message.hasSuffix(":\(server.port): connection refused") == true)
                }
                #expect(await code { try await client.subscribe(channels: ["news"]) { _ in } } == .unreachable)
                try await server.start()
                #expect(try await client.send(RESPCommand("PING")).text == "PONG")
                try await server.kill()
                // This command may still go out on the connection that is lost.
                _ = await code { _ = try await client.send(RESPCommand("PING")) }
                async let answer = client.send(RESPCommand("PING"), deadline: .seconds(60))
                try await server.start()
                #expect(try await answer.text == "PONG")
            }
        }
    }

    @Test("a frozen server is a missed deadline; its late answers are nobody else's")
    func frozen() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.keepAlive = .seconds(60) }) { client in
                let id = try await client.send(RESPCommand("CLIENT", "ID")).integer
                try await server.freeze()
                for _ in 0..<3 {
                    #expect(
                        await code {
                            _ = try await client.send(RESPCommand("INCR", "n"), deadline: .milliseconds(50))
                        } == .deadlineExceeded)
                }
                let cancelled = Task { try await client.send(RESPCommand("INCR", "n")) }
                cancelled.cancel()
                await #expect(throws: CancellationError.self) { try await cancelled.value }
                async let answer = client.send(RESPCommand("ECHO", "mine"), deadline: .seconds(60))
                server.thaw()
                #expect(try await answer.text == "mine")
                #expect(try await client.send(RESPCommand("CLIENT", "ID")).integer == id)
            }
        }
    }

    @Test("a silent server is given up by keep-alive, and found again when it wakes")
    func silent() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration, changed: { $0.keepAlive = .milliseconds(500) }) { client in
                let id = try await client.send(RESPCommand("CLIENT", "ID")).integer
                var error: RESPError.Code?
                while error != .connectionLost {
                    try await server.freeze()
                    error = await code { _ = try await client.send(RESPCommand("INCR", "n"), deadline: .seconds(5)) }
                    server.thaw()
                    // On a busy machine keep-alive may have given the connection up before the command was written.
                    #expect(error == .connectionLost || error == .unreachable)
                }
                try await client.waitUntilServed()
                #expect(try await client.send(RESPCommand("CLIENT", "ID"), deadline: .seconds(30)).integer != id)
            }
        }
    }

    @Test("a command that may have been carried out is not sent again")
    func noRetry() async throws {
        try await FakeServer.run {
            $0.first == "INCR" ? .hangUp : nil
        } _: { server in
            try await withClient(server.configuration) { client async throws in
                #expect(await code { _ = try await client.send(RESPCommand("INCR", "n")) } == .connectionLost)
                #expect(try await client.send(RESPCommand("GET", "n")).text == "OK")
                #expect(server.count(of: "INCR") == 1)
            }
        }
    }

    @Test("who became a replica is left, and the command goes to the master once there is one")
    func readOnly() async throws {
        try await RedisServer.run { server in
            try await withClient(server.configuration) { client in
                _ = try await client.send(RESPCommand("REPLICAOF", "127.0.0.1", 1))
                async let answer = client.send(RESPCommand("INCR", "n"), deadline: .seconds(30))
                try await withClient(server.configuration) { other in
                    try await wait {
                        let refused = try await other.send(RESPCommand("INFO", "errorstats")).text ?? ""
                        return refused.contains("errorstat_READONLY")
                    }
                    _ = try await other.send(RESPCommand("REPLICAOF", "NO", "ONE"))
                }
                #expect(try await answer == .integer(1))
            }
        }
    }

    @Test("a command that only replicas answered fails at its deadline with what they said")
    func onlyReplicas() async throws {
        try await FakeServer.run {
            $0.first == "INCR" ? .answer("-READONLY no\r\n") : nil
        } _: { server in
            try await withClient(server.configuration) { client in
                let error = await #expect(throws: RESPError.self) {
                    try await client.send(RESPCommand("INCR", "n"), deadline: .seconds(5))
                }
                #expect(error?.server?.kind == "READONLY")
            }
        }
    }

    @Test("a server that is loading is waited for")
    func loading() async throws {
        let pings = Trace<Void>()
        try await FakeServer.run { command in
            guard command.first == "PING" else { return nil }
            pings.add(())
            return pings.count < 3 ? .answer("-LOADING Redis is loading the dataset in memory\r\n") : nil
        } _: { server in
            try await withClient(server.configuration) { client async throws in
                #expect(try await client.send(RESPCommand("GET", "n"), deadline: .seconds(30)).text == "OK")
                #expect(server.count(of: "GET") == 1)
            }
        }
    }

    @Test("a server that knows RESP2 only is logged in to by AUTH, and what it quotes is not shown")
    func oldServer() async throws {
        try await FakeServer.run {
            $0.first == "AUTH" && $0.last != "hunter2" ? .answer("-ERR invalid password\r\n") : nil
        } _: { server in
            try await withClient(server.configuration, changed: { $0.password = "hunter2" }) { client async throws in
                #expect(try await client.send(RESPCommand("GET", "x")).text == "OK")
                #expect(server.journal.commandsSoFar.contains(["AUTH", "hunter2"]))
            }
            try await withClient(server.configuration, changed: { $0.password = "wrong-one" }) { client in
                let error = await #expect(throws: RESPError.self) { try await client.send(RESPCommand("GET", "x")) }
                #expect(error?.code == .unauthorized)
                #expect(error.map { "\($0)".contains("wrong-one") } == false)
            }
        }
    }

    @Test(
        "who speaks no RESP is left, with an error",
        arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "$-7\r\n", "*1\r\n>0\r\n"])
    func noRESP(words: String) async throws {
        try await FakeServer.run {
            $0.first == "GET" ? .answer(words) : nil
        } _: { server in
            try await withClient(server.configuration) { client in
                #expect(await code { _ = try await client.send(RESPCommand("GET", "x")) } == .protocolViolation)
            }
        }
    }

    @Test("a server that never answers the login is an unreachable one")
    func silentLogin() async throws {
        try await FakeServer.run { _ in
            .silence
        } _: { server in
            try await withClient(server.configuration, changed: { $0.connectTimeout = .milliseconds(50) }) { client in
                #expect(
                    await code { _ = try await client.send(RESPCommand("GET", "x"), deadline: .seconds(2)) }
                        == .unreachable)
            }
        }
    }

    @Test("a closed client fails what is under way and what comes after")
    func close() async throws {
        try await RedisServer.run { server in
            let client = RESPClient(server.configuration)
            _ = try await client.send(RESPCommand("PING"))
            try await server.freeze()
            async let pending = code { _ = try await client.send(RESPCommand("PING")) }
            async let blocked = code { _ = try await client.block(RESPCommand("BLPOP", "x", 0), timeout: .seconds(60)) }
            async let subscribed = code { try await client.subscribe(channels: ["c"]) { _ in } }
            await client.close()
            #expect(await [pending, blocked, subscribed] == [.closed, .closed, .closed])
            #expect(await code { _ = try await client.send(RESPCommand("PING")) } == .closed)
            #expect(await code { _ = try await client.block(RESPCommand("PING"), timeout: .seconds(1)) } == .closed)
        }
    }
}
