import Foundation
import RedisUnderTest
import TestKit

/// A PgBouncer of the test's own before a server: it trusts the superuser, and knows every database of the server.
public final class PgBouncer: Sendable {
    public let port: Int
    private let user: String
    private let folder: ServerFolder

    /// Whether Debian's package, or another one with its program in the PATH, is installed.
    public static var isInstalled: Bool { Installation.bouncer != nil }

    /// Starts one for the scope of `body`. Everything of it is gone afterwards.
    ///
    /// - Parameter mode: when a connection to the server returns to the pool: `session`, `transaction` or `statement`.
    public static func run<Value>(
        before server: PostgresServer, mode: String = "transaction", _ body: (PgBouncer) async throws -> Value
    ) async throws -> Value {
        let bouncer = try PgBouncer(server, mode)
        defer { bouncer.folder.clear() }
        try await bouncer.start()
        return try await body(bouncer)
    }

    private init(_ server: PostgresServer, _ mode: String) throws {
        port = try FreePort.next()
        user = server.user
        folder = try ServerFolder("pgbouncer-\(ProcessInfo.processInfo.processIdentifier)-\(port)")
        try folder.write("\"\(user)\" \"\"\n", to: "users")
        try folder.write(
            """
            [databases]
            * = host=\(server.socketFolder) port=\(server.port)

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(folder.path("users"))
            admin_users = \(user)
            pool_mode = \(mode)

            """, to: "pgbouncer.ini")
    }

    /// The URL of a database of the server.
    public func url(_ database: String = "postgres") -> String { "postgres://\(user)@127.0.0.1:\(port)/\(database)" }

    /// The text that it has logged so far.
    public var log: String { folder.log }

    private func start() async throws {
        guard let program = Installation.bouncer else { throw PostgresServerError(log: "pgbouncer is not installed") }
        let process = try folder.launch([program.path, folder.path("pgbouncer.ini")])
        while !log.contains("process up") {
            guard process.isRunning else { throw PostgresServerError(log: log) }
            try await Pause.briefly()
        }
    }
}
