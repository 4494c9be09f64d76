import Celeriac
import CeleriacCore

// Tasks about canvas.

/// Ends by another call in its place, which is known by name: perhaps one that lives in Python.
@Task(name: "swift.delegate")
func delegate(_ context: TaskContext, _ task: String, _ arguments: [JSONValue], queue: String) throws -> JSONValue {
    let call = Signature<JSONValue>(
        TaskName(task), EncodedArguments(args: arguments), options: CallOptions(queue: try QueueName(queue)))
    return try context.replace(with: call)
}
