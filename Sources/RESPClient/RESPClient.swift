public import Logging
import NIOCore
import NIOPosix
import SocketKit

/// A client of one Redis server, or of a compatible one. It knows nothing about queues.
///
/// Connects at the first command, and again whenever the connection is lost, with growing pauses. Commands of
/// concurrent callers share one connection and are sent together in one flush; blocking commands and subscriptions have
/// connections of their own.
public final class RESPClient: Sendable {
    public let configuration: RESPConfiguration
    private let connector: Connector
    private let link: Link
    private let stock: ConnectionStock

    public init(_ configuration: RESPConfiguration, logger: Logger = Logger(label: "resp-client")) {
        self.configuration = configuration
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        connector = Connector(
            configuration: configuration, loop: loop, executor: LoopExecutor(loop), connections: OpenConnections(),
            logger: logger
        )
        link = Link(connector)
        stock = ConnectionStock(connector)
    }

    deinit { shutDown() }

    /// Runs tasks on the client's event loop, off Swift's cooperative pool. They must not block.
    public var executor: any TaskExecutor { connector.executor }

    /// Lets calls fail at once if the first connection cannot be made, instead of trying again until their deadline:
    /// for programs that carry out one command. Once a connection was made, lost ones are made again as usual.
    public func failAtFirst() { connector.patience.failAtFirst() }

    /// Sends one command.
    ///
    /// - Parameters:
    ///   - deadline: how long the command may take; `nil` uses the configuration's deadline.
    ///   - isShielded: whether to wait for the answer even if the current task is cancelled.
    /// - Returns: the answer, never a top-level `.error`.
    /// - Throws: ``RESPError``; with code `server` it contains the server's error. `CancellationError` if cancelled;
    ///   the command may be carried out all the same.
    public func send(
        _ command: RESPCommand, deadline: Duration? = nil, isShielded: Bool = false
    ) async throws -> RESPValue {
        try await answer(to: command, due: due(deadline), isShielded)
    }

    /// Sends commands in one flush, in order, not atomically.
    ///
    /// - Parameter isShielded: whether to wait for the answers even if the current task is cancelled.
    /// - Returns: one answer for each command; a command that failed has an `.error` as its answer.
    /// - Throws: ``RESPError`` if the connection fails or the deadline passes before all answers have arrived.
    public func send(
        _ commands: [RESPCommand], deadline: Duration? = nil, isShielded: Bool = false
    ) async throws -> [RESPValue] {
        guard !commands.isEmpty else { return [] }
        return try await answers(to: .several(commands), due: due(deadline), isShielded)
    }

    /// Sends commands as one transaction (MULTI, EXEC), in one flush.
    ///
    /// - Returns: one answer for each command; a command that failed has an `.error` as its answer, and the others were
    ///   carried out all the same.
    /// - Throws: ``RESPError``; with code `server` if the server refused a command before EXEC, so that none was
    ///   carried out.
    public func transaction(_ commands: [RESPCommand], deadline: Duration? = nil) async throws -> [RESPValue] {
        guard !commands.isEmpty else { return [] }
        let answers = try await answers(to: .transaction(commands), due: due(deadline), false)
        if case .array(let results)? = answers.last { return results }
        // EXEC only reports that there was an error; the error itself is among the answers before it.
        for case .error(let error) in answers { throw RESPError.from(error) }
        throw RESPError(.protocolViolation, "EXEC was not answered by an array")
    }

    /// Runs a script by its digest, and by its text if the server does not know it.
    ///
    /// - Parameter isShielded: whether to wait for the answer even if the current task is cancelled.
    public func run(
        _ script: RESPScript, keys: RESPWords, arguments: RESPWords = [], deadline: Duration? = nil,
        isShielded: Bool = false
    ) async throws -> RESPValue {
        let due = due(deadline)
        do {
            let command = script.command("EVALSHA", script.digest, keys, arguments)
            return try await answer(to: command, due: due, isShielded)
        } catch let error as RESPError where error.server?.kind == "NOSCRIPT" {
            return try await answer(to: script.command("EVAL", script.source, keys, arguments), due: due, isShielded)
        }
    }

    /// Sends a command that blocks (BLMOVE, BZPOPMIN, …) on a connection of its own, taken from a small stock.
    ///
    /// If the current task is cancelled, the connection is closed, so that the server forgets the command.
    ///
    /// - Parameter timeout: how long the command itself blocks at most; the client waits a little longer for the
    ///   answer.
    /// - Returns: `.null` if the command timed out.
    public func block(_ command: RESPCommand, timeout: Duration) async throws -> RESPValue {
        try await stock.answer(to: command, timeout: timeout)
    }

    /// Listens to channels and patterns until cancelled, and reconnects when the connection breaks.
    ///
    /// - Parameters:
    ///   - channels: exact names of channels.
    ///   - patterns: patterns of PSUBSCRIBE.
    ///   - isListening: called each time that the server has confirmed all of them: at first, and after each
    ///     reconnection. Messages sent between the loss of a connection and this call are lost.
    ///   - handle: called with messages in order, one call at a time; `messages` arrived together.
    /// - Throws: `CancellationError` when cancelled; ``RESPError`` if reconnecting would be pointless.
    public func subscribe(
        channels: [String] = [], patterns: [String] = [], isListening: @escaping @Sendable () async -> Void = {},
        _ handle: @escaping @Sendable (_ messages: [RESPMessage]) async -> Void
    ) async throws {
        guard !channels.isEmpty || !patterns.isEmpty else {
            throw RESPError(.misconfigured, "subscribe needs a channel or a pattern")
        }
        try await Subscription(
            connector: connector, channels: channels, patterns: patterns, isListening: isListening, handle: handle
        ).run()
    }

    /// Listens to a changing set of channels over one connection until cancelled, and reconnects when the connection
    /// breaks.
    ///
    /// While there is no channel, a server that speaks RESP2 may close the idle connection; the client then reconnects.
    ///
    /// - Parameters:
    ///   - channels: the channels; they can belong to one subscription at a time.
    ///   - isListening: called with the names that the server has just confirmed: after each `insert`, and with all of
    ///     them after each reconnection, since messages sent in between are lost.
    ///   - handle: called with messages in order, one call at a time; `messages` arrived together.
    /// - Throws: `CancellationError` when cancelled; ``RESPError`` if reconnecting would be pointless.
    public func subscribe(
        to channels: RESPChannels, isListening: @escaping @Sendable (_ names: [String]) async -> Void,
        _ handle: @escaping @Sendable (_ messages: [RESPMessage]) async -> Void
    ) async throws {
        try await ChangingSubscription(
            connector: connector, channels: channels, isListening: isListening, handle: handle
        ).run()
    }

    /// Closes all connections; running commands fail with code `closed`.
    public func close() async {
        for connection in shutDown() { await connection.waitUntilClosed() }
    }

    @discardableResult private func shutDown() -> [RESPConnection] {
        link.close()
        return connector.connections.close()
    }

    private func due(_ deadline: Duration?) -> NIODeadline { .after(deadline ?? configuration.deadline) }

    private func answer(
        to command: RESPCommand, due: NIODeadline, _ isShielded: Bool
    ) async throws -> RESPValue {
        let answer = try await link.answer(to: .one(command), due: due, isShielded: isShielded)
        guard case .one(let value) = answer else { return .null }
        if case .error(let error) = value { throw RESPError.from(error) }
        return value
    }

    private func answers(
        to payload: Call.Payload, due: NIODeadline, _ isShielded: Bool
    ) async throws -> [RESPValue] {
        let answer = try await link.answer(to: payload, due: due, isShielded: isShielded)
        guard case .several(let values) = answer else { return [] }
        return values
    }
}

/// A message of a channel.
public struct RESPMessage: Sendable, Hashable {
    public var channel: String
    /// The matching pattern, if the subscription is one of PSUBSCRIBE.
    public var pattern: String?
    public var payload: [UInt8]

    public init(channel: String, pattern: String? = nil, payload: [UInt8]) {
        self.channel = channel
        self.pattern = pattern
        self.payload = payload
    }
}
