import Celeriac
import CeleriacCore
import CeleriacRQ
import Foundation
import RESPClient

// Tasks for RQ's clients.

/// Says in the journal that Swift ran it. Python workers have a function of that name as well.
@Task(name: "rqtasks.mark")
func rqMark(_ number: Int) throws -> Int {
    try append("swift \(number)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
    return number
}

/// Leaves metadata, as a Python function does by `job.save_meta()`, and waits for the gate.
@Task(name: "swift.tell")
func tell(_ context: TaskContext, _ value: String, gate: String) async throws -> String {
    try await context.update(meta: ["told": value])
    try await wait(for: gate)
    return value
}

// Callbacks: each says in the journal what it was told.

@Task(name: "swift.succeeded")
func succeeded(_ id: String, result: Int) throws {
    try append("succeeded \(id) \(result)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
}

@Task(name: "swift.failed")
func failed(_ id: String, error: String) throws {
    try append("failed \(id) \(error)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
}

/// Learns as much as RQ's own callbacks.
@Task(name: "swift.failed_in_parts")
func failedInParts(_ id: String, type: String, value: String, traceback: String) throws {
    let isWhole = traceback.hasPrefix("Traceback") && traceback.hasSuffix("\(type): \(value)\n")
    try append(
        "failed \(id) \(type) \(value) \(isWhole ? "True" : traceback)\n",
        to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
}

/// Counts in a key of its own, over the connection of its worker.
@Task(name: "swift.visit")
func visit(_ context: TaskContext, _ key: String) async throws -> Int {
    guard let redis = context.app.broker.redis else { throw KitchenError(description: "no Redis") }
    return Int(try await redis.send(RESPCommand("INCR", key)).integer ?? 0)
}

@Task(name: "swift.stopped")
func stopped(_ id: String) throws {
    try append("stopped \(id)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
}

/// Fails so often, counted in a file, and then gives the number of its attempts.
@Task(name: "swift.stumble")
func stumble(_ path: String, failures: Int) throws -> Int {
    try append("x\n", to: path)
    let attempt = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
    guard attempt > failures else { throw KitchenError(description: "attempt \(attempt)") }
    return attempt
}
