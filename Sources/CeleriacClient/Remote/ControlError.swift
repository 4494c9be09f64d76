/// The reason why a node did not carry out a command.
public struct ControlError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error. Later versions may add codes, so a `switch` over it needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the code, as logs show it.
        public let description: String
        package init(_ description: String) { self.description = description }

        /// The node knows no command of that name.
        public static let unknownCommand = Code("unknownCommand")
        /// The node has no task of that name.
        public static let unknownTask = Code("unknownTask")
        /// The node refused; ``ControlError/message`` contains its reason.
        public static let refused = Code("refused")
        /// The node's answer does not have the form that the command's answers have.
        public static let unreadable = Code("unreadable")
    }

    /// The kind of error.
    public let code: Code
    /// `name@host`.
    public let node: String
    /// The command that was not carried out.
    public let command: String
    /// The node's own words, such as `ValueError('Autoscale not enabled')`.
    public let message: String

    package init(_ code: Code, node: String, command: String, message: String) {
        self.code = code
        self.node = node
        self.command = command
        self.message = message
    }

    public var description: String { "\(code): \(node) to \(command): \(message)" }

    /// Reads `{"error": "…"}`, which is how Celery's workers refuse (`celery/worker/control.py`, `nok`).
    ///
    /// - Returns: `nil` if the reply is not a refusal.
    init?(_ reply: ControlReply, to command: String) {
        guard let members = reply.value.objectValue, members.count == 1, let reason = members["error"] else {
            return nil
        }
        let message = reason.stringValue ?? reason.text
        let code: Code =
            switch message {
            case "KeyError('\(command)')": .unknownCommand
            case "unknown task": .unknownTask
            default: .refused
            }
        self.init(code, node: reply.node, command: command, message: message)
    }
}
