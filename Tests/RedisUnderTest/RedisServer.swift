public import Foundation
import Synchronization
import TestKit

/// A redis-server of the test's own: on a free port of the loopback, in a folder of its own, ended with the test.
///
/// ```swift
/// try await RedisServer.run { server in … }
/// ```
public final class RedisServer: Sendable {
    /// What a test may ask for.
    public struct Options: Sendable {
        /// Whether every write is on disk before it is answered, so that a restart loses nothing.
        public var appendsToFile = false
        public var password: String?
        /// Further lines of its configuration, each `name value`.
        public var lines: [String] = []
        /// With it the port speaks TLS, and nothing else does.
        public var tls: TLS?
        /// Whether it watches other servers, instead of being one.
        public var isSentinel = false

        public init() {}
    }

    /// PEM files of a server.
    public struct TLS: Sendable {
        public var certificate: String
        public var key: String
        public var authorities: String
        /// Whether clients must show a certificate of these authorities.
        public var asksClients: Bool

        public init(certificate: String, key: String, authorities: String, asksClients: Bool = false) {
            self.certificate = certificate
            self.key = key
            self.authorities = authorities
            self.asksClients = asksClients
        }
    }

    public let port: Int
    public let folder: URL
    private let options: Options
    private let process = Mutex<Process?>(nil)

    /// Starts one for the scope of `body`. Everything of it is gone afterwards.
    public static func run<Value>(
        _ options: Options = Options(), _ body: (RedisServer) async throws -> Value
    ) async throws -> Value {
        let server = try RedisServer(options)
        defer { server.clear() }
        try await server.start()
        return try await body(server)
    }

    /// One that is not started yet; ``clear()`` must be called at the end.
    public init(_ options: Options = Options()) throws {
        self.options = options
        port = try FreePort.next()
        folder = FileManager.default.temporaryDirectory.appending(
            path: "celeriac-redis-\(ProcessInfo.processInfo.processIdentifier)-\(port)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
    }

    public var socketPath: String { folder.appending(path: "redis.sock").path }
    public var url: String { "redis://\(options.password.map { ":\($0)@" } ?? "")127.0.0.1:\(port)/0" }
    /// `nil` while it does not run.
    public var pid: Int32? { process.withLock { $0?.processIdentifier } }

    /// Starts it and waits until it answers.
    public func start() async throws {
        let process = try launched()
        self.process.withLock { $0 = process }
        while !isAnswering {
            guard process.isRunning else { throw RedisServerError(log: log) }
            try await Pause.briefly()
        }
    }

    /// Ends it as an operator does: SIGTERM. Returns when it is gone.
    public func stop() async throws {
        send(SIGTERM)
        try await waitUntilGone()
    }

    /// SIGKILL. Returns when it is gone.
    public func kill() async throws {
        send(SIGKILL)
        try await waitUntilGone()
    }

    /// Stops it in its tracks; connections stay, nothing is answered.
    public func freeze() async throws {
        guard let pid else { return }
        try await ProcessStop.freeze(pid)
    }

    public func thaw() { send(SIGCONT) }

    /// Ends it, and deletes its folder.
    public func clear() {
        send(SIGCONT)
        send(SIGKILL)
        process.withLock { $0 = nil }
        try? FileManager.default.removeItem(at: folder)
    }

    /// What it wrote so far.
    public var log: String {
        (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
    }

    private func send(_ signal: Int32) {
        guard let pid else { return }
        Foundation.kill(pid, signal)
    }

    private func waitUntilGone() async throws {
        while process.withLock({ $0?.isRunning == true }) { try await Pause.briefly() }
        process.withLock { $0 = nil }
    }

    private func launched() throws -> Process {
        let file = folder.appending(path: "redis.conf")
        try configuration.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["redis-server", file.path] + (options.isSentinel ? ["--sentinel"] : [])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.begin()
        return process
    }

    private var configuration: [String] {
        var lines = ["bind 127.0.0.1", "dir \(folder.path)", "logfile \(folder.path)/log", "daemonize no"]
        lines += options.tls.map(encryption) ?? ["port \(port)"]
        if !options.isSentinel {
            lines += ["save \"\"", "unixsocket \(socketPath)", "appendonly \(options.appendsToFile ? "yes" : "no")"]
            if options.appendsToFile { lines.append("appendfsync always") }
        }
        if let password = options.password { lines.append("requirepass \(password)") }
        return lines + options.lines + [""]
    }

    private func encryption(_ tls: TLS) -> [String] {
        [
            "port 0", "tls-port \(port)", "tls-cert-file \(tls.certificate)", "tls-key-file \(tls.key)",
            "tls-ca-cert-file \(tls.authorities)", "tls-auth-clients \(tls.asksClients ? "yes" : "no")",
        ]
    }

    /// Any answer will do, an error as well. TLS waits for a whole record header before it complains.
    private var isAnswering: Bool { Loopback.answers(port: port, to: String(repeating: "PING\r\n", count: 8)) }
}

public struct RedisServerError: Error, CustomStringConvertible {
    let log: String
    public var description: String { "redis-server did not start: \(log.suffix(2000))" }
}

/// The short pause between two looks at a process or port that tells no one when it is ready.
public enum Pause {
    public static func briefly() async throws { try await Task.sleep(for: .milliseconds(10)) }
}
