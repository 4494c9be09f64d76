import PostgresClient
import PostgresUnderTest
import RedisUnderTest
import Testing

@Suite("TLS", .enabled(if: PostgresServer.isExpected), .serialized, .timeLimit(.minutes(5)))
struct TLSTests {
    /// How a client is to be configured: the files by their names.
    private struct Terms {
        var mode: PostgresConfiguration.TLSMode? = .verifyFull
        var authorities: String? = "ca"
        var certificate: String?
        var host = "127.0.0.1"
    }

    /// What logging in fails with.
    private static func error(
        of server: PostgresServer, _ certificates: Certificates, _ terms: Terms = Terms()
    ) async throws -> PostgresError? {
        try await withClient(
            of: server,
            { configuration in
                configuration.hosts = [.init(terms.host, port: server.port)]
                configuration.tls = terms.mode
                configuration.authorities = terms.authorities.map { certificates.path("\($0).pem") }
                configuration.certificate = terms.certificate.map { certificates.path("\($0).pem") }
                configuration.key = terms.certificate.map { certificates.path("\($0).key") }
                // A client without a certificate must not find one of the user's.
                if terms.certificate == nil { configuration.certificate = certificates.path("none.pem") }
            }
        ) { client in
            await failure {
                let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
                let isEncrypted = try await client.rows(sql)[0].bool(0)
                if isEncrypted == (terms.mode == .disable) { throw PostgresError(.tls, "plain text") }
            }
        }
    }

    private static func run(
        _ certificate: String, asksClients: Bool = false, _ body: (PostgresServer, Certificates) async throws -> Void
    ) async throws {
        try await Certificates.with { certificates async throws in
            var options = PostgresServer.Options()
            options.tls = certificates.server(certificate, asksClients: asksClients)
            try await PostgresServer.run(options) { try await body($0, certificates) }
        }
    }

    @Test("a server of the right authority and name is spoken to, by name and by address")
    func right() async throws {
        try await Self.run("server") { server, certificates async throws in
            #expect(try await Self.error(of: server, certificates) == nil)
            #expect(try await Self.error(of: server, certificates, Terms(host: "localhost")) == nil)
            #expect(try await Self.error(of: server, certificates, Terms(mode: nil, authorities: nil)) == nil)
        }
    }

    @Test("a server of another authority, or of none of the system's, is refused; so is a missing file")
    func authorities() async throws {
        try await Self.run("server") { server, certificates async throws in
            for authorities in ["other-ca", nil, "none"] {
                let error = try await Self.error(of: server, certificates, Terms(authorities: authorities))
                #expect(error?.kind == .tls, "\(authorities ?? "the system's")")
            }
        }
    }

    @Test(
        "a certificate of another host, an expired one and a self-signed one are refused",
        arguments: [
            "elsewhere", "expired", "self-signed",
        ])
    func refused(certificate: String) async throws {
        try await Self.run(certificate) { server, certificates async throws in
            #expect(try await Self.error(of: server, certificates)?.kind == .tls)
            #expect(try await Self.error(of: server, certificates, Terms(host: "localhost"))?.kind == .tls)
            let loose = Terms(mode: .require, authorities: nil)
            #expect(try await Self.error(of: server, certificates, loose) == nil)
            let authority = try await Self.error(of: server, certificates, Terms(mode: .verifyCA))
            #expect((authority == nil) == (certificate == "elsewhere"))
        }
    }

    @Test("a server without TLS is refused, unless plain text is permitted")
    func without() async throws {
        let server = try await PostgresServer.shared()
        try await Certificates.with { certificates async throws in
            for mode in [PostgresConfiguration.TLSMode.verifyFull, .verifyCA, .require] {
                #expect(try await Self.error(of: server, certificates, Terms(mode: mode))?.kind == .tls)
            }
            #expect(try await Self.error(of: server, certificates, Terms(mode: .disable)) == nil)
        }
    }

    @Test("a client shows its certificate to a server that asks for it")
    func clientCertificate() async throws {
        try await Self.run("server", asksClients: true) { server, certificates async throws in
            #expect(try await Self.error(of: server, certificates, Terms(certificate: "client")) == nil)
            let none = try await Self.error(of: server, certificates)
            #expect(none?.kind == .loginRefused || none?.kind == .tls)
            let other = try await Self.error(of: server, certificates, Terms(certificate: "other-client"))
            #expect(other?.kind == .loginRefused || other?.kind == .tls)
        }
    }
}
