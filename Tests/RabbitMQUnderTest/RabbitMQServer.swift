import Foundation
import RedisUnderTest
import Synchronization
import TestKit

/// A RabbitMQ node of the test's own: on free ports of the loopback, with its own data, node name, cookie and port
/// mapper, ended with the test.
///
/// ```swift
/// let server = try await RabbitMQServer.shared()
/// let host = try await server.makeVirtualHost()
/// ```
public final class RabbitMQServer: Sendable {
    public struct Options: Sendable {
        /// With it a second port speaks TLS and wants a certificate of the client.
        public var tls: TLS?

        public init(tls: TLS? = nil) { self.tls = tls }
    }

    /// PEM files of a server.
    public struct TLS: Sendable {
        public var certificate: String
        public var key: String
        public var authorities: String

        public init(certificate: String, key: String, authorities: String) {
            self.certificate = certificate
            self.key = key
            self.authorities = authorities
        }
    }

    public let port: Int
    public let tlsPort: Int
    let node: Node
    private let keeper: Keeper
    private let process = Mutex<Process?>(nil)
    private let virtualHosts = Mutex(0)

    /// Whether Debian's package, or another one with its programs in the PATH, is installed.
    public static var isInstalled: Bool { Node.programs != nil }

    /// Whether tests with a server run: where it is installed, and in CI, where it must be.
    public static var isExpected: Bool { isInstalled || ProcessInfo.processInfo.environment["CI"] == "true" }

    private static let one = Mutex<Task<RabbitMQServer, any Error>?>(nil)

    /// The server that the tests of one process share, each with a virtual host of its own. Started when it is first
    /// asked for; ended with the process.
    public static func shared() async throws -> RabbitMQServer {
        let task = one.withLock { one in
            let task = one ?? Task { try await start() }
            one = task
            return task
        }
        return try await task.value
    }

    /// Starts one for the scope of `body`. Everything of it is gone afterwards.
    public static func run<Value>(
        _ options: Options = Options(), _ body: (RabbitMQServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(options)
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try await server.kill()
        server.keeper.end()
        return try result.get()
    }

    private static func start(_ options: Options = Options()) async throws -> RabbitMQServer {
        let server = try RabbitMQServer(options)
        try await server.start()
        return server
    }

    private init(_ options: Options) throws {
        port = try FreePort.next()
        tlsPort = try FreePort.next()
        node = try Node(port: port, tlsPort: tlsPort, options)
        keeper = try Keeper(node)
    }

    /// Starts it, on the data of the last run, and waits until it takes connections.
    public func start() async throws {
        let process = try node.launchServer()
        self.process.withLock { $0 = process }
        while !Port.takesConnections(port) || node.hasTLS && !Port.takesConnections(tlsPort) {
            guard process.isRunning else { throw RabbitMQServerError(log: node.log) }
            try await Pause.briefly()
        }
    }

    /// SIGKILL. Returns when it is gone.
    public func kill() async throws {
        send(SIGKILL)
        while process.withLock({ $0?.isRunning == true }) { try await Pause.briefly() }
        process.withLock { $0 = nil }
    }

    /// Puts on its disk what it has answered.
    ///
    /// It answers a declaration before that. A SIGKILL in the next half second can lose the queue; of a quorum queue it
    /// can lose the log with all that was confirmed, and leave the queue without a leader.
    public func sync() async throws {
        try await control("eval", "mnesia:sync_log(), [dets:sync(Table) || Table <- dets:all()].")
    }

    /// Stops it in its tracks; connections stay, nothing is answered.
    public func freeze() async throws {
        guard let pid else { return }
        try await ProcessStop.freeze(pid)
    }

    public func thaw() { send(SIGCONT) }

    private var pid: Int32? { process.withLock { $0?.processIdentifier } }

    /// Makes a virtual host on which `guest` may do everything, and returns its name.
    public func makeVirtualHost() async throws -> String { try await makeVirtualHosts(1)[0] }

    /// Makes several of them in one call of `rabbitmqctl`, which takes a second or two to start.
    public func makeVirtualHosts(_ count: Int) async throws -> [String] {
        let first = virtualHosts.withLock { number in
            defer { number += count }
            return number + 1
        }
        let names = (first..<first + count).map { "test-\($0)" }
        let all = "<<\".*\">>, <<\".*\">>, <<\".*\">>"
        let list = names.map { "<<\"\($0)\">>" }.joined(separator: ", ")
        try await control(
            "eval",
            "[begin rabbit_vhost:add(Name, <<\"test\">>), rabbit_auth_backend_internal:set_permissions("
                + "<<\"guest\">>, Name, \(all), <<\"test\">>) end || Name <- [\(list)]].")
        return names
    }

    /// Runs `rabbitmqctl`, and returns what it printed.
    @discardableResult public func control(_ arguments: String...) async throws -> String {
        try await node.control(arguments)
    }

    /// The text that the server has logged so far.
    public var log: String { node.log }

    private func send(_ signal: Int32) {
        guard let pid else { return }
        Foundation.kill(pid, signal)
    }
}

public struct RabbitMQServerError: Error, CustomStringConvertible {
    let log: String
    public var description: String { "rabbitmq-server: \(log.suffix(2000))" }
}
