import NIOSSL
import RabbitMQUnderTest
import RedisUnderTest
import Testing

@testable import AMQPClient

@Suite("TLS", .timeLimit(.minutes(15)))
struct TLSTests {
    /// What connecting fails with; `nil` if it succeeds.
    private func code(
        _ port: Int, _ tls: AMQPConfiguration.TLS?, host: String = "localhost",
        mechanism: AMQPConfiguration.Mechanism? = nil,
        user: String = "guest"
    ) async -> AMQPError.Code? {
        var configuration = patient(port)
        configuration.hosts = [.init(host, port: port)]
        configuration.tls = tls
        configuration.mechanism = mechanism
        configuration.user = user
        do {
            await (try AMQPConnection.connect(configuration)).close()
            return nil
        } catch {
            return (error as? AMQPError)?.code
        }
    }

    private func run(_ name: String, _ body: (FakeServer, Certificates) async throws -> Void) async throws {
        try await Certificates.with { certificates in
            let tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("\(name).pem")).map {
                    .certificate($0)
                }, privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("\(name).key"), format: .pem)))
            try await FakeServer.run(tls: tls) { try await body($0, certificates) }
        }
    }

    @Test("a server of the right authority and name is spoken to, by name and by address")
    func right() async throws {
        try await run("server") { server, certificates in
            let tls = AMQPConfiguration.TLS(authorities: certificates.path("ca.pem"))
            #expect(await code(server.port, tls) == nil)
            #expect(await code(server.port, tls, host: "127.0.0.1") == nil)
        }
    }

    @Test("a wrong authority, the system's, and an unreadable one are refused")
    func wrong() async throws {
        try await run("server") { server, certificates in
            #expect(await code(server.port, .init(authorities: certificates.path("other-ca.pem"))) == .tls)
            #expect(await code(server.port, .init()) == .tls)
            #expect(await code(server.port, .init(authorities: certificates.path("none.pem"))) == .misconfigured)
        }
    }

    @Test(
        "a certificate that is of another host, expired or self-signed is refused",
        arguments: ["elsewhere", "expired", "self-signed"])
    func refused(certificate: String) async throws {
        try await run(certificate) { server, certificates in
            #expect(await code(server.port, .init(authorities: certificates.path("ca.pem"))) == .tls)
            #expect(await code(server.port, .init(authorities: certificates.path("ca.pem")), host: "127.0.0.1") == .tls)
        }
    }

    @Test("a certificate that names the address, but another host than the one asked for, is refused")
    func addressForName() async throws {
        try await run("address") { server, certificates in
            let authorities = certificates.path("ca.pem")
            let named = AMQPConfiguration.TLS(authorities: authorities, serverName: "rabbit.invalid")
            #expect(await code(server.port, named, host: "127.0.0.1") == .tls)
            #expect(await code(server.port, .init(authorities: authorities), host: "127.0.0.1") == nil)
        }
    }

    @Test("less is checked only if asked for")
    func less() async throws {
        try await run("elsewhere") { server, certificates in
            let authorities = certificates.path("ca.pem")
            #expect(await code(server.port, .init(verification: .chainOnly, authorities: authorities)) == nil)
            #expect(await code(server.port, .init(verification: .insecurelyNothing)) == nil)
        }
    }

    @Test("a server that speaks plain text is refused")
    func plainServer() async throws {
        try await FakeServer.run { server in
            let code = await code(server.port, .init())
            #expect(code == .tls || code == .unreachable)
        }
    }

    @Test(
        "RabbitMQ: messages over TLS, the client's certificate, and a login by it",
        .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"))
    func rabbitMQ() async throws {
        try await Certificates.with { certificates in
            let options = RabbitMQServer.Options(
                tls: .init(
                    certificate: certificates.path("server.pem"), key: certificates.path("server.key"),
                    authorities: certificates.path("ca.pem")))
            try await RabbitMQServer.run(options) { server in
                let tls = AMQPConfiguration.TLS(
                    authorities: certificates.path("ca.pem"), certificate: certificates.path("client.pem"),
                    key: certificates.path("client.key"))
                var configuration = patient(server.tlsPort)
                configuration.hosts = [.init("localhost", port: server.tlsPort)]
                configuration.tls = tls
                try await withConnection(configuration) { connection in
                    let channel = try await connection.openChannel()
                    try await channel.declareQueue("q")
                    let body = [UInt8](repeating: 7, count: 1 << 20)
                    try await channel.publish(AMQPMessage(routingKey: "q", body: body))
                    #expect(try await channel.get("q")?.body == body)
                }
                _ = try await server.control("add_user", "client", "unused")
                _ = try await server.control("set_permissions", "client", ".*", ".*", ".*")
                #expect(await code(server.tlsPort, tls, mechanism: .external, user: "ignored") == nil)
                #expect(await code(server.tlsPort, .init(authorities: certificates.path("ca.pem"))) != nil)
                #expect(await code(server.tlsPort, .init(authorities: certificates.path("other-ca.pem"))) == .tls)
                let plain = await code(server.tlsPort, nil)
                #expect(plain == .protocolViolation || plain == .unreachable)
            }
        }
    }
}
