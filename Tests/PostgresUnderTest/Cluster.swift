import Foundation
import RedisUnderTest
import Synchronization

/// The data folder and the configuration of one cluster.
struct Cluster: Sendable {
    static let user = "celeriac"
    let port: Int
    let folder: ServerFolder

    /// Makes the files of a cluster that does not run yet.
    init(_ options: PostgresServer.Options) async throws {
        port = try FreePort.next()
        folder = try ServerFolder("postgres-\(ProcessInfo.processInfo.processIdentifier)-\(port)")
        try await Self.copyTemplate(to: folder)
        let configuration = Configuration(port: port, socketFolder: folder.url.path, options: options)
        try folder.write(configuration.settings, to: "data/postgresql.conf")
        try folder.write(configuration.logins, to: "data/pg_hba.conf")
        guard let tls = options.tls else { return }
        try folder.copy(tls.certificate, to: "data/server.crt")
        try folder.copy(tls.key, to: "data/server.key")
        try folder.copy(tls.authorities, to: "data/root.crt")
    }

    func launch() throws -> Process {
        try folder.launch([try Self.program("postgres"), "-D", folder.path("data")])
    }

    /// Whether the server of this process takes connections: it says so in its lock file, as `pg_ctl` reads it.
    func isReady(_ pid: Int32) -> Bool {
        let lines = folder.read("data/postmaster.pid")?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        return lines.count > 7 && lines[0] == "\(pid)" && lines[7].hasPrefix("ready")
    }

    private static let template = Mutex<Task<ServerFolder, any Error>?>(nil)

    /// A copy takes a tenth of the time of initdb, which therefore runs once in a process.
    private static func copyTemplate(to folder: ServerFolder) async throws {
        let task = template.withLock { template in
            let task = template ?? Task { try await makeTemplate() }
            template = task
            return task
        }
        try await folder.run(["cp", "-a", task.value.path("data"), folder.path("data")])
    }

    private static func makeTemplate() async throws -> ServerFolder {
        let folder = try ServerFolder("postgres-\(ProcessInfo.processInfo.processIdentifier)-template")
        try await folder.run([
            try program("initdb"), "-D", folder.path("data"), "-U", user, "--auth=trust", "-E", "UTF8",
            "--locale=\(locale)", "--no-sync", "--no-instructions",
        ])
        return folder
    }

    private static func program(_ name: String) throws -> String {
        guard let folder = Installation.programs else { throw PostgresServerError(log: "it is not installed") }
        return folder.appending(path: name).path
    }

    #if os(Linux)
        private static let locale = "C.UTF-8"
    #else
        private static let locale = "C"
    #endif
}
