/// What one node said to a command.
public struct NodeReply<Value: Sendable>: Sendable {
    /// `name@host`.
    public let node: String
    /// The reply as it came.
    public let json: JSONValue
    /// What was read out of it, or why there is nothing to read.
    public let outcome: Result<Value, ControlError>

    /// - Parameter read: `nil` where the reply is of another shape.
    init(_ reply: ControlReply, to command: String, _ read: (JSONValue) -> Value?) {
        node = reply.node
        json = reply.value
        if let error = ControlError(reply, to: command) {
            outcome = .failure(error)
        } else if let value = read(reply.value) {
            outcome = .success(value)
        } else {
            let message = "the reply is not what \(command) is answered with"
            outcome = .failure(ControlError(.unreadable, node: reply.node, command: command, message: message))
        }
    }

    /// `nil` where the node refused.
    public var value: Value? { try? outcome.get() }

    /// `nil` where the node did as it was told.
    public var error: ControlError? { if case .failure(let error) = outcome { error } else { nil } }

    /// - Throws: why the node refused.
    public func get() throws(ControlError) -> Value { try outcome.get() }
}
