public import Logging
import NIOCore
import NIOPosix
import SocketKit

/// A connection to one RabbitMQ server, or to another server of AMQP 0-9-1. It knows nothing about tasks.
///
/// It is a value that ends: when it is lost it is not made again, and ``closure`` tells why. Its channels, their
/// consumers and all open calls end with it. It closes when nobody holds it or one of its channels any longer.
///
/// Calls of concurrent callers are gathered and sent in one flush. While the server is short of memory or disk it reads
/// nothing from connections that publish, so publish and consume on connections of their own.
public final class AMQPConnection: Sendable {
    public let configuration: AMQPConfiguration
    /// The host that accepted the connection, as `name:port`.
    public let server: String
    /// The properties that the server announced: `product`, `version`, `capabilities`, ….
    public let serverProperties: AMQPTable
    /// The most channels that can be open at once.
    public let mostChannels: Int
    /// The most bytes of a frame.
    public let largestFrame: Int
    /// The interval of heartbeats; zero for none.
    public let heartbeat: Duration
    private let link: Link
    private let loopExecutor: LoopExecutor

    private init(_ configuration: AMQPConfiguration, _ link: Link, _ negotiated: Negotiated, _ executor: LoopExecutor) {
        self.configuration = configuration
        self.link = link
        server = link.place
        serverProperties = negotiated.serverProperties
        mostChannels = Int(negotiated.channelMax)
        largestFrame = negotiated.frameMax
        heartbeat = .seconds(Int(negotiated.heartbeat))
        loopExecutor = executor
    }

    /// Connects to the first host that accepts the connection, and logs in.
    ///
    /// - Throws: ``AMQPError`` with a text about every host that was tried. Codes: `unreachable`, `tls`, and
    ///   `protocolViolation` if no host would do; `unauthorized` and `misconfigured` at once, without a try of further
    ///   hosts. `CancellationError` if cancelled.
    public static func connect(
        _ configuration: AMQPConfiguration, logger: Logger = Logger(label: "amqp-client")
    ) async throws -> AMQPConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = LoopExecutor(loop)
        let connector = Connector(configuration: configuration, loop: loop, executor: executor, logger: logger)
        let (link, negotiated) = try await connector.connect()
        return AMQPConnection(configuration, link, negotiated, executor)
    }

    /// Runs tasks on the connection's event loop, off Swift's cooperative pool. They must not block.
    public var executor: any TaskExecutor { loopExecutor }

    /// Why the server accepts no messages now (`connection.blocked`): its memory or its disk is short. `nil` if it does.
    ///
    /// RabbitMQ says so to connections that publish, with their first message after the alarm.
    public var blocked: String? { link.blocked }

    /// Why the connection ended; `nil` while it is open. Code `closed` after ``close()``, else `connectionLost`, `server`,
    /// `tls` or `protocolViolation`.
    public var closure: AMQPError? { link.ending.error }

    /// Waits for the end of the connection, and returns its reason.
    ///
    /// - Throws: `CancellationError` if cancelled.
    public func waitUntilClosed() async throws -> AMQPError { try await link.ending.wait() }

    /// Opens a channel.
    ///
    /// - Parameter deadline: how long it may take; `nil` uses the configuration's deadline.
    /// - Throws: ``AMQPError``; with code `invalid` if ``mostChannels`` are open.
    public func openChannel(deadline: Duration? = nil) async throws -> AMQPChannel {
        let ending = Ending()
        let due = NIODeadline.after(deadline ?? configuration.deadline)
        let answer = try await link.answer(to: Call(.openChannel(ending), due: due))
        guard case .channel(let key) = answer else { throw AMQPError.unexpectedAnswer }
        return AMQPChannel(link, key, ending, deadline: configuration.deadline)
    }

    /// Closes the connection and waits until it is closed, for no longer than the configuration's deadline. Open calls
    /// fail with code `closed`; what a publish among them has done is unknown.
    public func close() async {
        let due = NIODeadline.after(configuration.deadline)
        link.run { $0.closeOrderly(due: due) }
        // An error of the close itself does not matter: the channel is gone.
        _ = try? await link.channel.closeFuture.get()
    }
}

extension AMQPError {
    static let unexpectedAnswer = AMQPError(.protocolViolation, "the server answered with another method")
}
