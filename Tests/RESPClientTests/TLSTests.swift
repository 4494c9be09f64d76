import RESPClient
import RedisUnderTest
import Testing

@Suite("TLS", .serialized, .timeLimit(.minutes(15)))
struct TLSTests {
    /// What a PING fails with. Where a busy machine leaves that open, it is asked again, so many times in all.
    private static func error(
        _ server: RedisServer, _ tls: RESPConfiguration.TLS?, host: String = "localhost", tries: Int = 5
    ) async throws -> RESPError.Code? {
        var configuration = RESPConfiguration(address: .host(host, port: server.port))
        configuration.tls = tls
        configuration.connectTimeout = .seconds(30)
        var answer: RESPError.Code?
        for turn in 0..<tries {
            let client = RESPClient(configuration)
            answer = await code { _ = try await client.send(RESPCommand("PING"), deadline: .seconds(2 << turn)) }
            await client.close()
            if [nil, .tls, .misconfigured].contains(answer) { break }
        }
        return answer
    }

    private static func run(
        _ certificate: String, asksClients: Bool = false, _ body: (RedisServer, Certificates) async throws -> Void
    ) async throws {
        try await Certificates.with { certificates in
            var options = RedisServer.Options()
            options.tls = certificates.server(certificate, asksClients: asksClients)
            try await RedisServer.run(options) { try await body($0, certificates) }
        }
    }

    @Test("a server of the right authority and name is spoken to, by name and by address")
    func right() async throws {
        try await Self.run("server") { server, certificates async throws in
            let tls = RESPConfiguration.TLS(authorities: certificates.path("ca.pem"))
            #expect(try await Self.error(server, tls) == nil)
            #expect(try await Self.error(server, tls, host: "127.0.0.1") == nil)
        }
    }

    @Test("a wrong authority, the system's, none, and plain text are refused")
    func wrong() async throws {
        try await Self.run("server") { server, certificates in
            #expect(try await Self.error(server, .init(authorities: certificates.path("other-ca.pem"))) == .tls)
            #expect(try await Self.error(server, .init()) == .tls)
            #expect(try await Self.error(server, .init(authorities: certificates.path("none.pem"))) == .misconfigured)
            let plain = try await Self.error(server, nil, tries: 1)
            #expect(plain == .protocolViolation || plain == .unreachable)
        }
    }

    @Test(
        "a certificate that is of another host, expired or self-signed is refused",
        arguments: [
            "elsewhere", "expired", "self-signed",
        ])
    func refused(certificate: String) async throws {
        try await Self.run(certificate) { server, certificates async throws in
            #expect(try await Self.error(server, .init(authorities: certificates.path("ca.pem"))) == .tls)
            #expect(
                try await Self.error(server, .init(authorities: certificates.path("ca.pem")), host: "127.0.0.1") == .tls
            )
        }
    }

    @Test("a certificate that names the address, but another host than the one asked for, is refused")
    func addressForName() async throws {
        try await Self.run("address") { server, certificates async throws in
            let authorities = certificates.path("ca.pem")
            let named = RESPConfiguration.TLS(authorities: authorities, serverName: "redis.invalid")
            #expect(try await Self.error(server, named, host: "127.0.0.1") == .tls)
            #expect(try await Self.error(server, .init(authorities: authorities), host: "127.0.0.1") == nil)
        }
    }

    @Test("a certificate for any host of a domain does for one of it")
    func wildcard() async throws {
        try await Self.run("any") { server, certificates async throws in
            func tls(_ name: String) -> RESPConfiguration.TLS {
                .init(authorities: certificates.path("ca.pem"), serverName: name)
            }
            #expect(try await Self.error(server, tls("Redis.localhost.test")) == nil)
            #expect(try await Self.error(server, tls("a.redis.localhost.test")) == .tls)
            #expect(try await Self.error(server, tls("localhost.test")) == .tls)
        }
    }

    @Test("a server that speaks plain text is refused")
    func plainServer() async throws {
        try await RedisServer.run { server in
            let error = try await Self.error(server, .init(), tries: 1)
            #expect(error == .tls || error == .unreachable)
        }
    }

    @Test("less is checked only if asked for")
    func less() async throws {
        try await Self.run("elsewhere") { server, certificates async throws in
            let authorities = certificates.path("ca.pem")
            #expect(try await Self.error(server, .init(verification: .chainOnly, authorities: authorities)) == nil)
            #expect(
                try await Self.error(
                    server, .init(verification: .chainOnly, authorities: certificates.path("other-ca.pem"))) == .tls)
            #expect(try await Self.error(server, .init(verification: .insecurelyNothing)) == nil)
        }
    }

    @Test("a server that asks for a client's certificate gets it, and refuses none and a foreign one")
    func clientCertificate() async throws {
        try await Self.run("server", asksClients: true) { server, certificates async throws in
            func tls(_ name: String?) -> RESPConfiguration.TLS {
                .init(
                    authorities: certificates.path("ca.pem"), certificate: name.map { certificates.path("\($0).pem") },
                    key: name.map { certificates.path("\($0).key") }
                )
            }
            #expect(try await Self.error(server, tls("client")) == nil)
            #expect(try await Self.error(server, tls(nil), tries: 1) != nil)
            #expect(try await Self.error(server, tls("other-client"), tries: 1) != nil)
        }
    }

    @Test("blocking commands and subscriptions are encrypted too")
    func everything() async throws {
        try await Self.run("server") { server, certificates in
            var configuration = RESPConfiguration(address: .host("localhost", port: server.port))
            configuration.tls = .init(authorities: certificates.path("ca.pem"))
            try await withClient(configuration) { client in
                #expect(try await client.block(RESPCommand("BLPOP", "x", "0.05"), timeout: .milliseconds(50)).isNull)
                let messages = Trace<RESPMessage>()
                let listening = Task {
                    try await client.subscribe(channels: ["c"]) {
                        _ = await code { _ = try await client.send(RESPCommand("PUBLISH", "c", "x")) }
                    } _: {
                        for message in $0 { messages.add(message) }
                    }
                }
                try await wait { messages.count == 1 }
                listening.cancel()
            }
        }
    }
}
