import AMQPClient
import Foundation
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
        let run = try PythonRun(heading(store) + script, program: program)
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
        let run = try PythonRun(heading(store) + script, program: program)
        defer { run.stop() }
        return try await body()
    }
}
