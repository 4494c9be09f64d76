import Foundation

/// A redis-server of the run's own, in memory, on a free port.
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

    /// One server a run; written before `atexit` is told of it.
    nonisolated(unsafe) private static var running: Int32 = 0

    var url: String { "redis://127.0.0.1:\(port)/0" }
    /// The same database on RQ's layout.
    var rqURL: String { "rq://127.0.0.1:\(port)/0" }

    func empty() throws { _ = try output(of: ["redis-cli", "-p", "\(port)", "flushall"]) }

    /// What `redis-benchmark` says of one command: how many a second.
    func benchmark(_ words: String...) throws -> Double {
        let text = try output(of: ["redis-benchmark", "-p", "\(port)", "--csv"] + words)
        // "test","rps",…  then a line each: "LPUSH …","53219.80",…
        let fields = text.split(separator: "\n").last?.split(separator: ",") ?? []
        return fields.count > 1 ? Double(fields[1].trimmingCharacters(in: ["\""])) ?? .nan : .nan
    }
}

/// What a program writes to its standard output.
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
