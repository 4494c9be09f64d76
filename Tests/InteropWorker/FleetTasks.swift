import Celeriac
import CeleriacCore
import Foundation

// Tasks about who runs what, and in which order.

/// Appends a word to a file: the order of starts.
@Task(name: "swift.note")
func note(_ path: String, _ word: String) throws { try append("\(word)\n", to: path) }

/// Sends another call while it runs; gives its id.
@Task(name: "swift.spawn")
func spawn(_ context: TaskContext, name: String, args: [JSONValue]) async throws -> String {
    try await context.app.send(TaskName(name), args: args).id.rawValue
}

@Task(name: "swift.limited", rateLimit: "100/s")
func limited(_ value: Int) -> Int { value }

/// Says in the journal that Swift ran it. Python workers have a task of that name as well.
@Task(name: "mixed.mark")
func mark(_ number: Int, pause: Double = 0) async throws -> Int {
    try append("swift \(number)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
    if pause > 0 { try await SystemTime().sleep(for: .seconds(pause)) }
    return number
}

/// Says in the journal that Swift ran it, and waits for the gate. Python workers have a task of that name as well.
@Task(name: "mixed.hold")
func mixedHold(_ number: Int, _ gate: String) async throws -> Int {
    try append("swift \(number)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
    try await wait(for: gate)
    return number
}

/// Writes its number into the journal when it starts (`+7`) and, some milliseconds later, when it ends (`-7`).
@Task(name: "crash.mark")
func crashMark(_ number: Int) async throws -> Int {
    let journal = ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? ""
    try append("+\(number)\n", to: journal)
    try await SystemTime().sleep(for: .milliseconds(number % 20))
    try append("-\(number)\n", to: journal)
    return number
}

/// Says in the journal which delivery it is, and waits for a gate of that delivery's own: `GATE.1`, `GATE.2`.
@Task(name: "crash.hold")
func crashHold(_ context: TaskContext, _ gate: String) async throws -> Int {
    try append(
        "hold \(context.deliveryCount)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
    let own = "\(gate).\(context.deliveryCount)"
    while !FileManager.default.fileExists(atPath: own) { try await SystemTime().sleep(for: .milliseconds(10)) }
    return context.deliveryCount
}

/// Says in the journal which delivery it is, and waits for the gate. It ignores its cancellation.
@Task(name: "crash.stubborn")
func crashStubborn(_ context: TaskContext, _ gate: String) async throws -> String {
    try append(
        "stubborn \(context.deliveryCount)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
    return await stubborn(gate)
}

/// Burns its thread for so many seconds of the wall clock, and says in the journal that it ran.
@Task(name: "crash.burn")
func burn(_ number: Int, seconds: Double) throws -> Int {
    try append("+\(number)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
    let end = SystemTime().uptime + .seconds(seconds)
    while SystemTime().uptime < end {}
    return number
}

/// One append, which no kill can tear.
func append(_ line: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
    defer { close(file) }
    let bytes = Array(line.utf8)
    guard write(file, bytes, bytes.count) == bytes.count else { throw CocoaError(.fileWriteUnknown) }
}
