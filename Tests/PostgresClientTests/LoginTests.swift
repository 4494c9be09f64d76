import Foundation
import PostgresClient
import PostgresUnderTest
import RedisUnderTest
import Testing

@Suite("logins", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct LoginTests {
    private static let password = "se cret'\\ 42"

    private static func withServer(_ body: (PostgresServer) async throws -> Void) async throws {
        var options = PostgresServer.Options()
        options.password = password
        try await PostgresServer.run(options, body)
    }

    private static func error(
        of server: PostgresServer, _ change: (inout PostgresConfiguration) -> Void
    ) async throws -> PostgresError? {
        try await withClient(of: server, change) { client in await failure { try await client.rows("select 1") } }
    }

    @Test("SCRAM lets the right password in, and no other; errors do not contain it")
    func passwords() async throws {
        try await Self.withServer { server in
            let right = try await Self.error(of: server) { $0.password = Self.password }
            #expect(right == nil)
            let wrong = try await Self.error(of: server) { $0.password = "wr0ng-one" }
            #expect(wrong?.kind == .loginRefused)
            #expect(wrong?.sqlState == "28P01")
            #expect(wrong?.description.contains("wr0ng-one") == false)
            let without = try await Self.error(of: server) { $0.passwordFile = "/no/such/file" }
            #expect(without?.kind == .loginRefused)
            var configuration = PostgresConfiguration.of(server)
            configuration.password = Self.password
            var dumped = ""
            dump(configuration, to: &dumped)
            #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains(Self.password))
        }
    }

    @Test("a password file is read")
    func passwordFile() async throws {
        try await Self.withServer { server in
            let file = FileManager.default.temporaryDirectory.appending(path: "pgpass-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: file) }
            let password = Self.password.replacingOccurrences(of: "\\", with: "\\\\")
            try "127.0.0.1:\(server.port):*:\(server.user):\(password)\n".write(
                to: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            let error = try await Self.error(of: server) { $0.passwordFile = file.path }
            #expect(error == nil)
        }
    }

    @Test("a database or a role that does not exist is refused at once")
    func missing() async throws {
        let server = try await PostgresServer.shared()
        let database = try await Self.error(of: server) { $0.database = "no_such_database" }
        #expect(database?.kind == .loginRefused)
        #expect(database?.sqlState == "3D000")
        let role = try await Self.error(of: server) { $0.user = "no_such_role" }
        #expect(role?.kind == .loginRefused)
        #expect(role?.sqlState == "28000")
    }

    @Test("hosts are tried in order: a closed port, an unknown name, and one that does not answer are passed over")
    func hosts() async throws {
        let server = try await PostgresServer.shared()
        let silent = try SilentPort()
        for wrong in [
            PostgresConfiguration.Host("127.0.0.1", port: try FreePort.next()), .init("nowhere.invalid", port: 1),
            .init("/no/such/folder"), .init("127.0.0.1", port: silent.number),
        ] {
            let error = try await Self.error(of: server) { configuration in
                configuration.hosts.insert(wrong, at: 0)
                if wrong.port == silent.number { configuration.connectTimeout = .seconds(4) }
            }
            #expect(error == nil, "\(wrong)")
        }
    }

    @Test("a Unix socket is a host")
    func socket() async throws {
        let server = try await PostgresServer.shared()
        let socket = PostgresConfiguration.Host(server.socketFolder, port: server.port)
        let error = try await Self.error(of: server) { $0.hosts = [socket] }
        #expect(error == nil)
    }

    @Test("a server that only reads is passed over if there are others, and known as such if it is alone")
    func writable() async throws {
        var options = PostgresServer.Options()
        options.settings = ["default_transaction_read_only": "on"]
        try await PostgresServer.run(options) { reader in
            let writer = try await PostgresServer.shared()
            let alone = try await withClient(of: reader) { try await $0.server() }
            #expect(alone.isReadOnly)
            let others = { (configuration: inout PostgresConfiguration) in
                configuration.hosts.append(.init("127.0.0.1", port: writer.port))
            }
            let second = try await withClient(of: reader, others) { try await $0.server() }
            #expect(!second.isReadOnly)
        }
    }

    @Test("a service file names the server; what is set beside it wins")
    func service() async throws {
        let server = try await PostgresServer.shared()
        let file = FileManager.default.temporaryDirectory.appending(path: "service-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let section = [
            "[mine]", "host=127.0.0.1", "port=\(server.port)", "user=\(server.user)", "dbname=no_such_database",
        ]
        try section.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        // In a process of its own, since another thread might read the environment while this one writes it.
        await #expect(processExitsWith: .success) { [path = file.path as String] () async throws in
            setenv("PGSERVICEFILE", path, 1)
            var configuration = PostgresConfiguration(
                service: "mine", connectTimeout: .seconds(30), deadline: .seconds(30))
            let refused = PostgresClient(configuration)
            let missing = await failure { try await refused.rows("select 1") }
            #expect(missing?.sqlState == "3D000")
            configuration.database = "postgres"
            let client = PostgresClient(configuration)
            #expect(try await client.rows("select current_database()")[0].text(0) == "postgres")
            configuration.service = "other"
            let unknown = PostgresClient(configuration)
            let other = await failure { try await unknown.rows("select 1") }
            #expect(other?.kind == .misuse)
        }
    }

    @Test("a server without a free connection is reported at the deadline; calls go on when there is one")
    func tooMany() async throws {
        var options = PostgresServer.Options()
        options.settings = ["max_connections": "2", "superuser_reserved_connections": "0", "max_wal_senders": "0"]
        try await PostgresServer.run(options) { server in
            let error = try await withClient(of: server) { other in
                let held = [try await other.begin(), try await other.begin()]
                let error = try await withClient(of: server) { client in
                    await failure { try await client.rows("select 1", within: .milliseconds(200)) }
                }
                for transaction in held { try await transaction.commit() }
                return error
            }
            #expect(error?.kind == .tooManyConnections)
            #expect(error?.sqlState == "53300")
            #expect(error?.mayHaveBeenDone == false)
            let later = try await Self.error(of: server) { _ in }
            #expect(later == nil)
        }
    }
}
