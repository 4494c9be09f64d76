import Foundation
import TestKit

/// The folder of one server, and the programs that run in it. Its ``Keeper`` ends and removes all of it.
///
/// It lies in `/tmp`, whatever TMPDIR says: the path of a Unix socket has at most 107 bytes, and the servers' account must
/// be able to reach it.
struct ServerFolder: Sendable {
    let url: URL
    private let keeper: Keeper

    init(_ name: String) throws {
        url = URL(filePath: "/tmp/celeriac-\(name)")
        keeper = try Keeper(folder: url)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        try Account.own(url.path)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes a file that only the servers' account may read.
    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path(name))
        try Account.own(path(name))
    }

    /// The same with the text of another file.
    func copy(_ path: String, to name: String) throws {
        try write(String(contentsOfFile: path, encoding: .utf8), to: name)
    }

    func read(_ name: String) -> String? { try? String(contentsOfFile: path(name), encoding: .utf8) }

    /// What its programs wrote.
    var log: String { read("log") ?? "" }

    /// Starts a program under the servers' account. One at a time: it is the one that the keeper ends.
    func launch(_ command: [String]) throws -> Process {
        let process = process(command)
        try process.begin()
        return process
    }

    /// The same, and waits for its end.
    func run(_ command: [String]) async throws {
        guard try await process(command).status() == 0 else { throw PostgresServerError(log: log) }
    }

    /// Ends everything and removes the folder. Holds its thread meanwhile.
    func clear() { keeper.end() }

    /// Runs `psql` as the user of the tests, and returns its output.
    func psql(_ arguments: [String], input: String) async throws -> String {
        guard let program = Installation.psql else { throw PostgresServerError(log: "psql is not installed") }
        let (sql, output, complaint) = ("\(UUID()).sql", "\(UUID()).out", "\(UUID()).err")
        defer { for name in [sql, output, complaint] { try? FileManager.default.removeItem(atPath: path(name)) } }
        for (name, text) in [(sql, input), (output, ""), (complaint, "")] { try write(text, to: name) }
        let process = Process()
        process.executableURL = program
        process.arguments = ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"] + arguments
        process.environment = Self.environment
        process.standardInput = FileHandle(forReadingAtPath: path(sql))
        process.standardOutput = FileHandle(forWritingAtPath: path(output))
        process.standardError = FileHandle(forWritingAtPath: path(complaint))
        guard try await process.status() == 0 else { throw PostgresServerError(log: read(complaint) ?? "") }
        return read(output) ?? ""
    }

    private func process(_ command: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let script = "echo $$ >\"$0/pid\" && exec \"$@\" >>\"$0/log\" 2>&1"
        process.arguments = ["-c", script, url.path] + Account.running(command)
        process.currentDirectoryURL = url
        process.environment = Self.environment
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Without the settings of the developer's own database; messages are in English.
    private static var environment: [String: String] {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        return inherited.merging(["LC_ALL": "C", "TZ": "UTC", "PGCLIENTENCODING": "UTF8"]) { $1 }
    }
}
