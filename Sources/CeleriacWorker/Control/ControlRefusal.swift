import CeleriacWire

/// Why a command is not carried out, in the form of the Python exception that Celery would reply with.
struct ControlRefusal: Error, Hashable {
    let type: String
    let message: String

    static func type(_ message: String) -> ControlRefusal { ControlRefusal(type: "TypeError", message: message) }
    static func value(_ message: String) -> ControlRefusal { ControlRefusal(type: "ValueError", message: message) }

    /// Takes over the kind and message of an underlying error, which contain neither payload nor password.
    init(_ error: any Error) {
        switch error {
        case let refusal as ControlRefusal: self = refusal
        case let error as CeleriacError: self.init(type: "ValueError", message: error.description)
        case let error as BrokerError: self.init(type: "OperationalError", message: error.description)
        default: self.init(type: "Exception", message: "\(Swift.type(of: error))")
        }
    }

    init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    /// The exception as Python's `repr` shows it.
    var repr: String { PythonRepr.exception(TaskFailure(type: type, message: message)) }
}

extension ControlResponse {
    static func ok(_ text: String) -> ControlResponse { .reply(["ok": .string(text)]) }
    static func error(_ text: String) -> ControlResponse { .reply(["error": .string(text)]) }
    /// The reply of a Python function without a result.
    static let none = ControlResponse.reply(.null)
}
