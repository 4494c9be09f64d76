import Celeriac
import CeleriacCore
import Foundation

// Tasks about ends: errors, retries, states, limits, revocation.

/// A Swift error; Python knows no class for it.
struct KitchenError: Error, CustomStringConvertible {
    let description: String
}

@Task(name: "swift.fail")
func fail(_ message: String = "no more eggs") throws -> Int { throw KitchenError(description: message) }

/// An exception that Python has a class for.
@Task(name: "swift.value_error")
func valueError(_ message: String) throws -> Int {
    throw TaskFailure(type: "ValueError", module: "builtins", message: message, arguments: [.string(message)])
}

/// Fails so often, and then gives the number of its attempts.
@Task(name: "swift.flaky", retry: .fixed(.milliseconds(50), maxRetries: 5))
func flaky(_ context: TaskContext, failures: Int) throws -> Int {
    guard context.attempt > failures else { throw KitchenError(description: "attempt \(context.attempt)") }
    return context.attempt
}

/// Asks for its retries itself, in so many seconds.
@Task(name: "swift.retry_in")
func retryIn(_ context: TaskContext, seconds: Double, failures: Int) throws -> Int {
    guard context.attempt > failures else {
        throw context.retry(in: .seconds(seconds), because: KitchenError(description: "not yet"))
    }
    return context.attempt
}

/// Uses its retries up.
@Task(name: "swift.hopeless", retry: .fixed(.milliseconds(10), maxRetries: 2))
func hopeless() throws -> Int { throw KitchenError(description: "never") }

@Task(name: "swift.reject")
func reject(_ context: TaskContext) throws -> Int { throw context.reject("no such kitchen") }

/// Says how far it is and waits for the gate.
@Task(name: "swift.progress")
func progress(_ context: TaskContext, gate: String) async throws -> String {
    try await context.progress(0.5, "half")
    try await wait(for: gate)
    return "done"
}

/// Waits for the gate, or to be cancelled.
@Task(name: "swift.hold")
func hold(_ gate: String) async throws -> String {
    try await wait(for: gate)
    return "released"
}

/// Waits for the gate and ignores its cancellation.
@Task(name: "swift.stubborn")
func stubborn(_ gate: String) async -> String {
    while !FileManager.default.fileExists(atPath: gate) {
        // A cancelled sleep returns at once; so as not to spin, this one is not ours to cancel.
        await Task.detached { try? await SystemTime().sleep(for: .milliseconds(10)) }.value
    }
    return "released"
}

/// Busy until the gate opens: it never gives its thread away.
@Task(name: "swift.spin")
func spin(_ gate: String) -> Int {
    var rounds = 0
    while !FileManager.default.fileExists(atPath: gate) { rounds &+= 1 }
    return rounds
}

/// Returns when the file exists.
func wait(for gate: String) async throws {
    while !FileManager.default.fileExists(atPath: gate) { try await SystemTime().sleep(for: .milliseconds(10)) }
}

// Tasks about the ends of their process.

@Task(name: "swift.trap")
func trap(_ index: Int) -> Int { [1, 2, 3][index] }

@Task(name: "swift.exit")
func leave(code: Int) -> Int { exit(Int32(code)) }
