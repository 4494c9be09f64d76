import Celeriac
import CeleriacCore
import Foundation

// Tasks about canvas.

/// Ends by another call in its place, which is known by name: perhaps one that lives in Python.
@Task(name: "swift.delegate")
func delegate(_ context: TaskContext, _ task: String, _ arguments: [JSONValue], queue: String) throws -> JSONValue {
    let call = Signature<JSONValue>(
        TaskName(task), EncodedArguments(args: arguments), options: CallOptions(queue: try QueueName(queue)))
    return try context.replace(with: call)
}

/// Adds another call, known by name, to the chord that this one is part of.
@Task(name: "swift.extend")
func extend(_ context: TaskContext, _ value: Int, _ task: String, _ arguments: [JSONValue], queue: String) throws -> Int
{
    try context.addToChord(
        Signature<JSONValue>(
            TaskName(task), EncodedArguments(args: arguments), options: CallOptions(queue: try QueueName(queue))))
    return value
}

/// Says in the journal that Swift ran it, and gives its letter with what it was given. Python workers have it as well.
@Task(name: "shape.node")
func node(_ given: JSONValue = .null, letter: String, run: String, fails: Bool = false) throws -> JSONValue {
    try append("swift \(run) \(letter)\n", to: ProcessInfo.processInfo.environment["INTEROP_JOURNAL"] ?? "")
    guard !fails else {
        throw TaskFailure(type: "ValueError", module: "builtins", message: letter, arguments: [.string(letter)])
    }
    return given == .null ? .string(letter) : .array([.string(letter), given])
}
