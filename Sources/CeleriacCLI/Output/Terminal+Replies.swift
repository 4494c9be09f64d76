import Celeriac

extension Terminal {
    /// Says which workers refused, and why.
    ///
    /// - Throws: ``CommandFailure`` if one did; the others' answers stand.
    func showErrors(_ errors: [ControlError]) throws {
        guard !errors.isEmpty else { return }
        throw CommandFailure(.failed, errors: errors.map { "\($0.node): \($0.message)" })
    }
}

extension JSONValue {
    /// The reply of a worker as it came.
    static func reply<Value>(_ reply: NodeReply<Value>) -> JSONValue {
        [
            "node": .string(reply.node), "value": reply.error == nil ? reply.json : .null,
            "error": .text(reply.error?.message),
        ]
    }
}
