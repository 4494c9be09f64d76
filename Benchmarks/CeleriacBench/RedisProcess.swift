import Foundation

/// A redis-server for this run only, in memory, on a random port.
final class RedisProcess: Sendable {
    let port: Int
    private let pid: Int32

    init() throws {
        port = Int.random(in: 20_000..<60_000)
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/env")
        server.arguments = [
            "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--dir", Scratch.folder.path,
            "--logfile", "redis.log",
        ]
        try server.run()
        pid = server.processIdentifier
        Self.running = pid
        atexit { kill(RedisProcess.running, SIGKILL) }
        while try output(of: ["redis-cli", "-p", "\(port)", "ping"]) != "PONG\n" { usleep(10_000) }
    }

    /// There is one server a run. It is set before `atexit` registers the handler that reads it.
    nonisolated(unsafe) private static var running: Int32 = 0

    var url: String { "redis://127.0.0.1:\(port)/0" }
    /// The URL of the same database with RQ's layout.
    var rqURL: String { "rq://127.0.0.1:\(port)/0" }

    func empty() throws { _ = try output(of: ["redis-cli", "-p", "\(port)", "flushall"]) }

    /// Returns the rate that `redis-benchmark` measures for one command, in requests a second.
    func benchmark(_ words: String...) throws -> Double {
        let text = try output(of: ["redis-benchmark", "-p", "\(port)", "--csv"] + words)
        // A header "test","rps",…, then one line for each test: "LPUSH …","53219.80",…
        let fields = text.split(separator: "\n").last?.split(separator: ",") ?? []
        return fields.count > 1 ? Double(fields[1].trimmingCharacters(in: ["\""])) ?? .nan : .nan
    }
}

/// Runs a program and returns its standard output.
func output(of words: [String]) throws -> String {
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
}
