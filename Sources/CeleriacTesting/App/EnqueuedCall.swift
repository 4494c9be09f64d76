public import CeleriacCore

/// A call that was enqueued in a ``TestApp``.
public struct EnqueuedCall: Sendable {
    /// The message as it went to the broker: headers, arguments as JSON text, priority.
    public let message: Message
    /// The queue that the call was put into.
    public let queue: QueueName

    public var id: TaskID { message.id }

    /// Returns an argument that was passed by position, or by the keyword `name`.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` if the argument was not passed; `DecodingError` if it
    ///   has another type.
    public func argument<Value: Decodable>(
        _ name: String, at position: Int, as type: Value.Type = Value.self
    ) throws -> Value {
        let positional = try JSONValue(parsing: message.arguments.args)
        let keywords = try JSONValue(parsing: message.arguments.kwargs)
        guard let value = positional[position] ?? keywords[name] else {
            throw CeleriacError(.invalidArguments, "the call of \"\(message.task)\" has no argument \"\(name)\"")
        }
        return try JSONCoding.decode(Value.self, from: value.bytes)
    }
}
