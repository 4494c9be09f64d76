import CeleriacCore

/// The member `result` of a document, which depends on the state.
enum ResultContent {
    /// JSON text.
    case text([UInt8])
    case null
    case exception(PythonException)
    case process(Int32, node: String?)

    init(of change: TaskRecord, processID: Int32) {
        switch change.state {
        case .failure, .revoked:
            // A Python client crashes if there is no exception.
            self = .exception(PythonException(change.failure ?? Self.unnamed(change.state)))
        case .retry: self = change.failure.map { .exception(PythonException($0)) } ?? .null
        case .started where change.meta == nil: self = .process(processID, node: change.worker)
        case .success: self = Self.text(change.result)
        default: self = Self.text(change.meta)
        }
    }

    var isException: Bool { if case .exception = self { true } else { false } }

    /// Whether the result is JSON as it was given.
    var isText: Bool { if case .text = self { true } else { false } }

    func write(into writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.raw(text)
        case .null: writer.null()
        case .exception(let exception): exception.write(into: &writer)
        case .process(let id, let node):
            writer.beginObject()
            writer.field("pid", Int(id))
            writer.field("hostname", node, orNull: true)
            writer.endObject()
        }
    }

    private static func text(_ text: [UInt8]?) -> ResultContent {
        guard let text, isJSON(text) else { return .null }
        return .text(text)
    }

    static func isJSON(_ text: [UInt8]) -> Bool {
        guard var reader = try? JSONReader(text, limits: .checkedBefore) else { return false }
        return (try? reader.skip()) != nil && (try? reader.finish()) != nil
    }

    private static func unnamed(_ state: TaskState) -> TaskFailure {
        TaskFailure(type: state == .revoked ? "TaskRevokedError" : "Exception", message: state.rawValue.lowercased())
    }
}
