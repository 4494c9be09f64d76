import AMQPClient
import Foundation
import RabbitMQUnderTest
import Synchronization
import TestKit
import Testing

@testable import CeleriacRabbitMQ

/// Celery itself, as a program that a test runs against the store's server and virtual host.
enum ControlPeer {
    private static let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".venv/bin/python").path

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// What every script begins with: an app on the store's virtual host.
    private static func heading(_ store: RabbitMQStore) throws -> String {
        let host = try #require(store.configuration.hosts.first?.port)
        return """
            import json, sys, time
            from celery import Celery
            app = Celery('tasks', broker='amqp://guest:guest@127.0.0.1:\(host)/\(store.configuration.virtualHost)')


            """
    }

    /// Runs a script to its end, with `app` in it.
    ///
    /// - Returns: what it printed.
    static func run(_ script: String, _ store: RabbitMQStore) async throws -> String {
        let run = try PeerRun(heading(store) + script, program: program)
        return try await withTaskCancellationHandler {
            try await run.output()
        } onCancel: {
            run.stop()
        }
    }

    /// Runs a script for the scope of `body`.
    static func running<Value>(
        _ script: String, _ store: RabbitMQStore, _ body: () async throws -> Value
    ) async throws -> Value {
        let run = try PeerRun(heading(store) + script, program: program)
        defer { run.stop() }
        return try await body()
    }
}

/// One process, its output in a file: nobody has to empty a pipe.
private final class PeerRun: Sendable {
    private let process: Mutex<Process>
    private let folder: URL
    private let end: AsyncStream<Int32>

    init(_ script: String, program: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-python-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        try script.write(to: folder.appending(path: "script.py"), atomically: true, encoding: .utf8)
        let (end, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.end = end
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["script.py"]
        process.currentDirectoryURL = folder
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.begin()
        self.process = Mutex(process)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func output() async throws -> String {
        var status: Int32 = -1
        for await end in end { status = end }
        let text = try String(contentsOf: folder.appending(path: "output"), encoding: .utf8)
        try #require(status == 0, "python ended with \(status): \(text)")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func stop() {
        process.withLock { process in
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }
}
