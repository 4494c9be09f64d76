import Foundation
import RedisUnderTest
import TestKit

/// The folder, the ports and the environment of one node.
struct Node: Sendable {
    let folder: URL
    let mapperPort: Int
    let hasTLS: Bool
    private let port: Int
    private let distributionPort: Int
    private let programs: URL

    /// The folder of RabbitMQ's own scripts. Debian's in `/usr/sbin` insist on its system user and its one node.
    static let programs: URL? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = ["/usr/lib/rabbitmq/bin"] + path.split(separator: ":").map(String.init)
        return folders.map { URL(filePath: $0) }.first { folder in
            FileManager.default.isExecutableFile(atPath: folder.appending(path: "rabbitmq-server").path)
        }
    }()

    init(port: Int, tlsPort: Int, _ options: RabbitMQServer.Options) throws {
        guard let programs = Self.programs else { throw RabbitMQServerError(log: "it is not installed") }
        self.programs = programs
        self.port = port
        hasTLS = options.tls != nil
        mapperPort = try FreePort.next()
        distributionPort = try FreePort.next()
        folder = FileManager.default.temporaryDirectory.appending(
            path: "celeriac-rabbitmq-\(ProcessInfo.processInfo.processIdentifier)-\(port)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try write(Self.configuration(tlsPort, options), to: "rabbitmq.conf")
        try write(options.tls == nil ? "[]." : "[rabbitmq_auth_mechanism_ssl].", to: "plugins")
        try write(UUID().uuidString, to: ".erlang.cookie")
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path(".erlang.cookie"))
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    var log: String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path("log"))) ?? []
        let paths = [path("out")] + names.map { path("log/\($0)") }
        return paths.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.joined(separator: "\n")
    }

    /// Its process becomes the server's: the scripts replace themselves.
    func launchServer() throws -> Process {
        let process = process("rabbitmq-server", ["-noinput"])
        try write("", to: "out")
        let out = FileHandle(forWritingAtPath: path("out"))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = out
        try process.begin()
        return process
    }

    func control(_ arguments: [String]) async throws -> String {
        let process = process("rabbitmqctl", ["--quiet"] + arguments)
        let name = "control-\(UUID().uuidString)"
        try write("", to: name)
        let out = FileHandle(forWritingAtPath: path(name))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = out
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.begin() } catch { continuation.resume(throwing: error) }
        }
        let text = try String(contentsOfFile: path(name), encoding: .utf8)
        guard status == 0 else { throw RabbitMQServerError(log: text) }
        return text
    }

    private func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = programs.appending(path: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return process
    }

    private var environment: [String: String] {
        [
            "HOME": folder.path, "ERL_EPMD_PORT": "\(mapperPort)", "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "celeriac-\(port)@localhost", "RABBITMQ_NODE_PORT": "\(port)",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_DIST_PORT": "\(distributionPort)",
            "RABBITMQ_MNESIA_BASE": path("data"), "RABBITMQ_LOG_BASE": path("log"), "RABBITMQ_PID_FILE": path("pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": path("plugins"), "RABBITMQ_CONFIG_FILE": path("rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": path("advanced.config"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_FEATURE_FLAGS_FILE": path("flags"), "RABBITMQ_GENERATED_CONFIG_DIR": path("generated"),
            "RABBITMQ_ALLOW_INPUT": "1",
        ]
    }

    private static func configuration(_ tlsPort: Int, _ options: RabbitMQServer.Options) -> String {
        var lines = ["disk_free_limit.absolute = 10MB", "log.file.level = info"]
        if let tls = options.tls {
            lines += [
                "listeners.ssl.default = 127.0.0.1:\(tlsPort)", "ssl_options.certfile = \(tls.certificate)",
                "ssl_options.keyfile = \(tls.key)", "ssl_options.cacertfile = \(tls.authorities)",
                "ssl_options.verify = verify_peer", "ssl_options.fail_if_no_peer_cert = true",
                "ssl_cert_login_from = common_name", "auth_mechanisms.1 = PLAIN", "auth_mechanisms.2 = AMQPLAIN",
                "auth_mechanisms.3 = EXTERNAL",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func write(_ text: String, to name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }
}
