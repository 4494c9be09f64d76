import CeleriacRedis
import Foundation
import RedisUnderTest
import TestKit
import Testing

/// Celery itself, as a program that a test runs against the suite's server.
enum Python {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let program = root.appending(path: ".venv/bin/python").path

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// What every script begins with: an app on the suite's server, under a prefix.
    private static func heading(_ prefix: String) throws -> String {
        let server = try #require(OneServer.current)
        return """
            import json, sys, time
            from celery import Celery
            app = Celery('tasks', broker='\(server.url)', backend='\(server.url)')
            app.conf.broker_transport_options = {'global_keyprefix': '\(prefix)'}
            app.conf.result_backend_transport_options = {'global_keyprefix': '\(prefix)'}

            @app.task(name='tasks.add')
            def add(x, y): return x + y


            """
    }

    /// Runs a script to its end, with `app` in it.
    ///
    /// - Returns: what it printed.
    static func run(_ script: String, prefix: String) async throws -> String {
        try await run(whole: try heading(prefix) + script)
    }

    /// Runs a script that brings all that it needs.
    static func run(whole script: String) async throws -> String {
        let run = try PythonRun(script, program: program)
        return try await withTaskCancellationHandler {
            try await run.output()
        } onCancel: {
            run.stop()
        }
    }

    /// Runs a script for the scope of `body`.
    static func running<Value>(
        _ script: String, prefix: String, _ body: () async throws -> Value
    ) async throws -> Value {
        let run = try PythonRun(try heading(prefix) + script, program: program)
        defer { run.stop() }
        return try await body()
    }
}
