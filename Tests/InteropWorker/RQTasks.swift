import Celeriac
import CeleriacCore
import Foundation

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

/// Fails so often, counted in a file, and then gives the number of its attempts.
@Task(name: "swift.stumble")
func stumble(_ path: String, failures: Int) throws -> Int {
    try append("x\n", to: path)
    let attempt = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
    guard attempt > failures else { throw KitchenError(description: "attempt \(attempt)") }
    return attempt
}
