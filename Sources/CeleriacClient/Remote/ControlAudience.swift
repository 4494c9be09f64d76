/// The workers that a command is for, and how long they have to answer.
struct ControlAudience: Sendable {
    let channel: any ControlChannel
    let destination: [String]?
    let pattern: ControlCommand.Pattern?
    let timeout: Duration

    /// - Returns: the replies that arrived within the timeout, in the order of arrival.
    func ask<Value: Sendable>(
        _ name: String, _ arguments: JSONObject, _ read: (JSONValue) -> Value?
    ) async throws -> [NodeReply<Value>] {
        try await channel.ask(command(name, arguments), timeout: timeout).map { NodeReply($0, to: name, read) }
    }

    func tell(_ name: String, _ arguments: JSONObject) async throws {
        try await channel.broadcast(command(name, arguments))
    }

    private func command(_ name: String, _ arguments: JSONObject) -> ControlCommand {
        ControlCommand(name, arguments, to: destination, pattern: pattern)
    }
}
