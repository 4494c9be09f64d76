public import Foundation
public import RedisUnderTest
import Synchronization
import TestKit

/// A PostgreSQL cluster of the test's own: on a free port of the loopback and on a Unix socket, with its own data, ended
/// with the test.
///
/// ```swift
/// let server = try await PostgresServer.shared()
/// try await server.withDatabase { name in … server.url(name) … }
/// ```
public final class PostgresServer: Sendable {
    /// What a test may ask for.
    public struct Options: Sendable {
        /// With it, logins over TCP must prove it by SCRAM; without it, every user is trusted.
        public var password: String?
        /// Further lines of `postgresql.conf`: names and unquoted values.
        public var settings: [String: String] = [:]
        /// With it, logins over TCP must use TLS. Copies of the files lie in the data folder.
        public var tls: RedisServer.TLS?
        /// Whether what is committed survives a power cut. A killed server loses nothing in any case.
        public var isDurable = false

        public init() {}
    }

    /// The superuser.
    public let user = Cluster.user
    private let cluster: Cluster
    private let options: Options
    private let state = Mutex(State())

    private struct State {
        var process: Process?
        var frozen: [Int32] = []
        var databases = 0
    }

    /// Whether Debian's package, or another one with its programs in the PATH, is installed.
    public static var isInstalled: Bool { Installation.programs != nil && Installation.psql != nil }

    /// Whether tests with a server run: where it is installed, and in CI, where it must be.
    public static var isExpected: Bool { isInstalled || ProcessInfo.processInfo.environment["CI"] == "true" }

    private static let one = Mutex<Task<PostgresServer, any Error>?>(nil)

    /// The server that the tests of one process share, each with a database of its own. Started when it is first asked
    /// for; ended with the process.
    public static func shared() async throws -> PostgresServer {
        let task = one.withLock { one in
            let task = one ?? Task { try await start(Options()) }
            one = task
            return task
        }
        return try await task.value
    }

    /// Starts one for the scope of `body`. Everything of it is gone afterwards.
    public static func run<Value>(
        _ options: Options = Options(), _ body: (PostgresServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(options)
        defer { server.clear() }
        return try await body(server)
    }

    /// Starts a cluster that runs until ``clear()``, or until this process ends.
    public static func start(_ options: Options) async throws -> PostgresServer {
        let server = PostgresServer(try await Cluster(options), options)
        try await server.start()
        if let password = options.password {
            let literal = password.replacingOccurrences(of: "'", with: "''")
            try await server.psql("ALTER ROLE \(server.user) PASSWORD '\(literal)'")
        }
        return server
    }

    private init(_ cluster: Cluster, _ options: Options) {
        self.cluster = cluster
        self.options = options
    }

    public var port: Int { cluster.port }
    public var folder: URL { cluster.folder.url }
    /// The folder of the Unix socket, which trusts every user.
    public var socketFolder: String { cluster.folder.url.path }
    /// The number of the postmaster; `nil` while it does not run.
    public var pid: Int32? { state.withLock { $0.process.flatMap { $0.isRunning ? $0.processIdentifier : nil } } }
    /// The text that the server has logged so far.
    public var log: String { cluster.folder.log }

    /// The URL of a database over TCP, as libpq understands it. Without a user it is the superuser's, with the password of
    /// ``Options`` unless another one is given.
    public func url(_ database: String = "postgres", user: String? = nil, password: String? = nil) -> String {
        let password = password ?? (user == nil ? options.password : nil)
        let secret = password?.addingPercentEncoding(withAllowedCharacters: .alphanumerics).map { ":\($0)" } ?? ""
        return "postgres://\(user ?? self.user)\(secret)@127.0.0.1:\(port)/\(database)"
    }

    /// Makes an empty database for the scope of `body`. Afterwards it is dropped, and its connections are cut.
    public func withDatabase<Value>(_ body: (_ name: String) async throws -> Value) async throws -> Value {
        let number = state.withLock { state in
            state.databases += 1
            return state.databases
        }
        let name = "test_\(number)"
        // Not a copy of template1: that fails while anybody is connected to it.
        try await psql("CREATE DATABASE \(name) TEMPLATE template0")
        let result: Result<Value, any Error>
        do { result = .success(try await body(name)) } catch { result = .failure(error) }
        thaw()
        if pid != nil { try await psql("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") }
        return try result.get()
    }

    /// Runs statements with `psql` over the Unix socket, each in a transaction of its own unless they say otherwise.
    ///
    /// - Returns: the rows that they returned, one a line, with `|` between columns.
    /// - Throws: ``PostgresServerError`` with what `psql` complained about.
    @discardableResult public func psql(
        _ sql: String, database: String = "postgres", user: String? = nil
    ) async throws -> String {
        let place = ["-h", socketFolder, "-p", "\(port)", "-U", user ?? self.user, "-d", database]
        return try await cluster.folder.psql(place, input: sql)
    }

    /// Starts it, on the data of the last run, and waits until it takes connections.
    public func start() async throws {
        let process = try cluster.launch()
        state.withLock { $0.process = process }
        while !cluster.isReady(process.processIdentifier) {
            guard process.isRunning else { throw PostgresServerError(log: log) }
            try await Pause.briefly()
        }
    }

    /// A fast shutdown (SIGINT): it cuts all connections, rolls back what they did, and ends. Returns when it is gone.
    public func stop() async throws { try await end(by: SIGINT) }

    /// An immediate shutdown (SIGQUIT), after which it must recover. Returns when it is gone.
    public func stopImmediately() async throws { try await end(by: SIGQUIT) }

    /// SIGKILL for it and all of its processes. Returns when they are gone.
    public func kill() async throws {
        try await freeze()
        let family = state.withLock { state in
            defer { state.frozen = [] }
            return state.frozen
        }
        for pid in family { Foundation.kill(pid, SIGKILL) }
        for pid in family { while ProcessFamily.isRunning(pid) { try await Pause.briefly() } }
        try await waitUntilGone()
    }

    /// Stops it and all of its processes in their tracks; connections stay, nothing is answered.
    public func freeze() async throws {
        guard let pid else { return }
        let family = try await ProcessFamily.freeze(pid)
        state.withLock { $0.frozen = family }
    }

    public func thaw() {
        let family = state.withLock { state in
            defer { state.frozen = [] }
            return state.frozen
        }
        for pid in family { Foundation.kill(pid, SIGCONT) }
    }

    /// Ends it, and deletes its folder.
    public func clear() { cluster.folder.clear() }

    private func end(by signal: Int32) async throws {
        if let pid { Foundation.kill(pid, signal) }
        try await waitUntilGone()
    }

    private func waitUntilGone() async throws {
        while pid != nil { try await Pause.briefly() }
        state.withLock { $0.process = nil }
    }
}

public struct PostgresServerError: Error, CustomStringConvertible {
    let log: String
    public var description: String { "PostgreSQL: \(log.suffix(2000))" }
}
