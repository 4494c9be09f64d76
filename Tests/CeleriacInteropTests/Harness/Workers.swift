import Celeriac
import CeleriacCore
import Foundation
import TestKit

/// A stock `celery -A tasks worker` in a process of its own.
final class PythonWorker: Sendable {
    /// `name@host`, as it calls itself.
    let node: String
    let process: ChildProcess

    /// - Parameters:
    ///   - url: of the results, and of the messages unless `broker` is another URL.
    ///   - pool: `solo`, `threads` or `prefork`.
    ///   - settings: Celery settings besides those of `Python/tasks.py`.
    init(
        _ name: String = "python", broker: String? = nil, redis url: String, pool: String = "threads",
        concurrency: Int = 2,
        queues: [String] = ["celery"], broadcast: String? = nil, settings: JSONObject = [:],
        scratch: Scratch
    ) throws {
        node = "\(name)@test"
        let words = [
            "-m", "celery", "-A", "tasks", "worker", "-n", node, "-P", pool, "-c", "\(concurrency)", "-Q",
            (queues + (broadcast.map { [$0] } ?? [])).joined(separator: ","), "-l", "INFO", "-E",
        ]
        var environment = Self.environment(broker: broker, redis: url, settings: settings, scratch)
        environment["INTEROP_BROADCAST"] = broadcast
        process = try ChildProcess(
            "celery-\(name)", Places.python, words, environment: environment, in: scratch.folder
        )
    }

    /// Waits until it consumes, and answers: it says that it is ready before it listens to remote control.
    ///
    /// - Parameter app: one with the same layout.
    func ready(for app: TaskApp? = Fleet.current?.app) async throws -> PythonWorker {
        try await process.waitForLine("ready")
        guard let app else { return self }
        let inspection = try app.inspect(to: [node], timeout: .milliseconds(500))
        while try await inspection.ping().isEmpty, process.isRunning {}
        return self
    }

    static func environment(
        broker: String? = nil, redis url: String, settings: JSONObject, _ scratch: Scratch
    ) -> [String: String] {
        [
            "INTEROP_BROKER": broker ?? url, "INTEROP_URL": url,
            "INTEROP_SETTINGS": JSONValue.object(settings).text,
            "INTEROP_JOURNAL": scratch.path("journal"), "PYTHONPATH": Places.pythonSources.path,
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "C_FORCE_ROOT": "1",
        ]
    }
}

/// The worker of Tests/InteropWorker in a process of its own.
final class SwiftWorker: Sendable {
    let node: String
    let process: ChildProcess

    /// - Parameters:
    ///   - url: of the results, and of the messages unless `broker` is another URL; with the options that the check
    ///     needs.
    ///   - control: how far remote control may reach; the checks are mostly about all of Celery's commands. `nil` = as
    ///     far as by default.
    ///   - arguments: further words for its `worker` command.
    init(
        _ name: String = "swift", broker: String? = nil, redis url: String, concurrency: Int = 4,
        queues: [String] = ["celery"],
        lease: Duration = .seconds(30), sendsEvents: Bool = false, mingles: Bool = true,
        pool: [String] = ["--pool", "in-process"], control: String? = "full", arguments: [String] = [],
        serializer: Serializer = .json, scratch: Scratch
    ) throws {
        node = "\(name)@test"
        let words = [
            "worker", "--name", node, "--concurrency", "\(concurrency)", "--queues", queues.joined(separator: ","),
            "--lease", "\(Int(lease / .milliseconds(1)))ms", "--log-level", "info",
        ]
        var environment = [
            "CELERIAC_BROKER_URL": broker ?? url, "INTEROP_JOURNAL": scratch.path("journal"),
            "INTEROP_MINGLES": mingles ? "yes" : "no", "INTEROP_EVENTS": sendsEvents ? "yes" : "no",
            "INTEROP_ACCEPT": "json,\(serializer)",
            "CELERIAC_TASK_SERIALIZER": serializer.name, "CELERIAC_RESULT_SERIALIZER": serializer.name,
        ]
        if broker != nil { environment["CELERIAC_RESULT_BACKEND"] = url }
        process = try ChildProcess(
            "swift-\(name)", builtProgram("InteropWorker"),
            words + pool + (control.map { ["--control", $0] } ?? []) + arguments,
            environment: environment, in: scratch.folder
        )
    }

    /// Waits until it consumes.
    func ready() async throws -> SwiftWorker {
        try await process.waitForLine("ready \(node)")
        return self
    }
}
