/// The reply of one node to a command.
public struct NodeReply<Value: Sendable>: Sendable {
    /// `name@host`.
    public let node: String
    /// The reply as received.
    public let json: JSONValue
    /// The decoded value, or the reason why the reply could not be decoded.
    public let outcome: Result<Value, ControlError>

    /// - Parameter read: returns `nil` if the reply has another shape.
    init(_ reply: ControlReply, to command: String, _ read: (JSONValue) -> Value?) {
        node = reply.node
        json = reply.value
        if let error = ControlError(reply, to: command) {
            outcome = .failure(error)
        } else if let value = read(reply.value) {
            outcome = .success(value)
        } else {
            let message = "the reply does not have the format of an answer to \(command)"
            outcome = .failure(ControlError(.unreadable, node: reply.node, command: command, message: message))
        }
    }

    /// The decoded value; `nil` if the node refused or the reply is unreadable.
    public var value: Value? { try? outcome.get() }

    /// The error; `nil` if the node carried out the command.
    public var error: ControlError? { if case .failure(let error) = outcome { error } else { nil } }

    /// - Throws: the reason why the node refused, or why its reply is unreadable.
    public func get() throws(ControlError) -> Value { try outcome.get() }
}
