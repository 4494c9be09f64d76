public import CeleriacCore

/// A call that was enqueued in a ``TestApp``.
public struct EnqueuedCall: Sendable {
    /// As it went to the broker: headers, arguments as JSON text, priority.
    public let message: Message
    /// The queue that it was put into.
    public let queue: QueueName

    public var id: TaskID { message.id }

    /// An argument that was given by position, or by a keyword of that name.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` if it was not given; `DecodingError` if it is of another
    ///   type.
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
