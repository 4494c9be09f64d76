package import CeleriacCore
import CeleriacWire

/// A command to a worker on its channel `rq:pubsub:<worker>`: a JSON object. Workers do not reply. Source: RQ 3.0.0,
/// `command.py`.
package enum RQCommand: Sendable, Hashable {
    /// Finishes the running job and then ends the worker, as SIGINT does.
    case shutdown
    /// Ends the process that runs the job.
    case killHorse
    case stopJob(TaskID)
    case stopExecution(String, of: TaskID)

    /// The JSON text, as Python writes it.
    package var payload: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("command", name)
        switch self {
        case .shutdown, .killHorse: break
        case .stopJob(let job): writer.field("job_id", job.rawValue)
        case .stopExecution(let execution, let job):
            writer.field("job_id", job.rawValue)
            writer.field("execution_id", execution)
        }
        writer.endObject()
        return PythonJSON.text(of: writer.bytes)
    }

    private var name: String {
        switch self {
        case .shutdown: "shutdown"
        case .killHorse: "kill-horse"
        case .stopJob: "stop-job"
        case .stopExecution: "stop-execution"
        }
    }

    /// Reads a message of the channel.
    ///
    /// - Throws: ``CeleriacError``: code `unsupported` for a command that RQ does not have, `malformedMessage` if it is
    ///   not a JSON object or lacks an id, `tooLarge`.
    package init(payload: [UInt8], limits: MessageLimits = MessageLimits()) throws {
        let members = try RQSerializer.reading("a command") { () throws(JSONError) in
            try JSONValue(parsing: payload, limits: limits.json)
        }
        func id(_ name: String) throws -> String {
            guard let text = members[name]?.stringValue, !text.isEmpty else {
                throw CeleriacError(.malformedMessage, "refused a command: it has no \(name)")
            }
            return text
        }
        switch members["command"]?.stringValue {
        case "shutdown"?: self = .shutdown
        case "kill-horse"?: self = .killHorse
        case "stop-job"?: self = .stopJob(TaskID(try id("job_id")))
        case "stop-execution"?: self = .stopExecution(try id("execution_id"), of: TaskID(try id("job_id")))
        case let name?:
            throw CeleriacError(
                .unsupported, "refused the command \(RQFieldReader.shown(name)): RQ has no such command")
        case nil: throw CeleriacError(.malformedMessage, "refused a command: it has no name")
        }
    }
}
