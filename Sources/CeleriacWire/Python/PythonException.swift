import CeleriacCore

/// A failure as the object from which Python builds an exception: `exc_type`, `exc_message`, `exc_module`.
///
/// Python creates a new class of that name if the client has not loaded it. Without a module not even `except
/// ValueError` would catch it, so there is always a module. Source: `celery/backends/base.py`, `exception_to_python`.
struct PythonException: Sendable {
    let type: String
    let module: String
    let arguments: [JSONValue]

    init(_ failure: TaskFailure) {
        type = failure.type
        module = Self.module(of: failure)
        arguments = Self.arguments(of: failure)
    }

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(into: &writer)
        writer.endObject()
    }

    func writeMembers(into writer: inout JSONWriter) {
        writer.field("exc_type", type)
        writer.key("exc_message")
        writer.write(.array(arguments))
        writer.field("exc_module", module)
    }

    /// The exception's arguments, or the message as the only argument; empty if the message is empty.
    static func arguments(of failure: TaskFailure) -> [JSONValue] {
        failure.arguments.isEmpty && !failure.message.isEmpty ? [.string(failure.message)] : failure.arguments
    }

    /// Our own failures have the names of Celery's exceptions, so that clients catch them as such.
    private static func module(of failure: TaskFailure) -> String {
        let module = failure.module.flatMap { $0.isEmpty ? nil : $0 }
        if let module, !module.hasPrefix("Celeriac") { return module }
        return modules[failure.type] ?? module ?? "builtins"
    }

    private static let modules: [String: String] = {
        var modules: [String: String] = [:]
        for type in ["TimeLimitExceeded", "SoftTimeLimitExceeded", "WorkerLostError", "Terminated"] {
            modules[type] = "billiard.exceptions"
        }
        for type in [
            "TaskRevokedError", "NotRegistered", "Reject", "Ignore", "Retry", "ChordError", "MaxRetriesExceededError",
            "ImproperlyConfigured",
        ] {
            modules[type] = "celery.exceptions"
        }
        return modules
    }()
}
