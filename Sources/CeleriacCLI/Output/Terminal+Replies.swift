import Celeriac

extension Terminal {
    /// Reports which workers refused, and why.
    ///
    /// - Throws: ``CommandFailure`` if a worker refused; the answers of the others remain valid.
    func showErrors(_ errors: [ControlError]) throws {
        guard !errors.isEmpty else { return }
        throw CommandFailure(.failed, errors: errors.map { "\($0.node): \($0.message)" })
    }
}

extension JSONValue {
    /// A worker's reply, unchanged.
    static func reply<Value>(_ reply: NodeReply<Value>) -> JSONValue {
        [
            "node": .string(reply.node), "value": reply.error == nil ? reply.json : .null,
            "error": .text(reply.error?.message),
        ]
    }
}
