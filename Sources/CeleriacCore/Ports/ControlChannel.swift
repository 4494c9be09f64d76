/// A mailbox that reaches every worker at once and carries their replies: Celery's remote control.
public protocol ControlChannel: Sendable {
    /// Sends a command to the workers that it is for; asks for no reply. Nobody listening, nobody gets it.
    func broadcast(_ command: ControlCommand) async throws

    /// Sends a command and gathers the replies.
    ///
    /// - Parameter timeout: how long to wait for replies; with a destination it ends when all of it have answered.
    /// - Returns: the replies in the order in which they came; empty if nobody answered.
    func ask(_ command: ControlCommand, timeout: Duration) async throws -> [ControlReply]

    /// Receives commands in the name of a node, for as long as it is not cancelled, over broken connections.
    ///
    /// - Parameters:
    ///   - node: `name@host`; commands for others are left out.
    ///   - hear: called with each logical clock that another's message bears: that of every command, and that of every event
    ///     about a worker, where the broker carries events. `nil` = nothing but commands is listened to.
    ///   - isListening: called each time that commands begin to arrive: at first, and after each new connection.
    ///   - handle: its value is the reply, sent if one was asked for. Commands are handled one after the other.
    func serve(
        as node: String, hearing hear: (@Sendable (_ clock: Int64) -> Void)?,
        isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws
}

extension ControlChannel {
    /// The same without the clocks of others.
    public func serve(
        as node: String, isListening: @escaping @Sendable () async -> Void,
        _ handle: @escaping @Sendable (ControlCommand) async -> ControlResponse
    ) async throws {
        try await serve(as: node, hearing: nil, isListening: isListening, handle)
    }
}

/// One command of remote control, for example `rate_limit` with `task_name` and `rate_limit`.
public struct ControlCommand: Sendable, Hashable {
    /// A pattern that node names must fit.
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
    /// The nodes that are meant; `nil` or empty = all.
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

/// What a node answers to a command.
public enum ControlResponse: Sendable, Hashable {
    case reply(JSONValue)
    /// Not even where a reply was asked for.
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
