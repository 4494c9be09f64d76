/// A mailbox that reaches every worker at once and carries their replies: Celery's remote control.
public protocol ControlChannel: Sendable {
    /// Sends a command to its destination workers without asking for replies. Only workers that are listening now
    /// receive it.
    func broadcast(_ command: ControlCommand) async throws

    /// Sends a command and collects the replies.
    ///
    /// - Parameter timeout: how long to wait for replies; with a destination it returns earlier if all nodes in it have
    ///   answered.
    /// - Returns: the replies in order of arrival; empty if no worker answered.
    func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply]

    /// Receives commands for a node until cancelled; reconnects after lost connections.
    ///
    /// - Parameters:
    ///   - node: `name@host`; commands for other nodes are skipped.
    ///   - hear: called with the logical clock of each message from another node: of every command, and of every event
    ///     about a worker, if the broker carries events. If `nil`, only commands are received.
    ///   - isListening: called each time commands begin to arrive: at first, and after each reconnection.
    ///   - handle: returns the reply, which is sent if one was asked for. Commands are handled one at a time.
    /// - Throws: ``BrokerError``, with code `nameTaken` if the broker sees that another node of this name is listening.
    func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws
}

extension ControlChannel {
    /// The same without the clocks of other nodes.
    public func serve(
        as node: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        try await serve(as: node, hearing: nil, isListening: isListening, handle)
    }
}

/// One command of remote control, for example `rate_limit` with `task_name` and `rate_limit`.
public struct ControlCommand: Sendable, Hashable {
    /// A pattern that node names must match.
    public struct Pattern: Sendable, Hashable {
        public enum Matcher: String, Sendable, Hashable { case glob, pcre }

        public var text: String
        public var matcher: Matcher

        public init(_ text: String, _ matcher: Matcher = .glob) {
            self.text = text
            self.matcher = matcher
        }
    }

    public var name: String
    public var arguments: JSONObject
    /// The nodes that must execute it; `nil` or empty for all.
    public var destination: [String]?
    public var pattern: Pattern?

    public init(
        _ name: String, _ arguments: JSONObject = [:], to destination: [String]? = nil,
        pattern: Pattern? = nil
    ) {
        self.name = name
        self.arguments = arguments
        self.destination = destination
        self.pattern = pattern
    }
}

/// The answer of a node to a command.
public enum ControlResponse: Sendable, Hashable {
    case reply(JSONValue)
    /// No reply, even if one was asked for.
    case silence
}

/// The reply of one node.
public struct ControlReply: Sendable, Hashable {
    public var node: String
    public var value: JSONValue

    public init(node: String, value: JSONValue) {
        self.node = node
        self.value = value
    }
}
