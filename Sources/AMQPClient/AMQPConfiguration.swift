@_exported public import struct SocketKit.TLSSettings

/// The servers' addresses, the login, and the settings of a connection.
public struct AMQPConfiguration: Sendable {
    public struct Host: Sendable, Hashable, CustomStringConvertible {
        public var name: String
        /// `nil` for 5672, or 5671 with TLS.
        public var port: Int?

        public init(_ name: String, port: Int? = nil) {
            self.name = name
            self.port = port
        }

        public var description: String { "\(name)\(port.map { ":\($0)" } ?? "")" }
    }

    /// The mechanism of the login (SASL).
    public enum Mechanism: String, Sendable, Hashable {
        case plain = "PLAIN"
        case amqplain = "AMQPLAIN"
        /// The client's certificate is the login. The server needs the plugin `rabbitmq_auth_mechanism_ssl`.
        case external = "EXTERNAL"
    }

    /// TLS 1.2 or later. The files are read again for each connection.
    public typealias TLS = TLSSettings

    /// Tried in turn, in this order, until one accepts the connection.
    public var hosts: [Host]
    /// `nil` for plain text.
    public var tls: TLS?
    public var user: String
    public var password: String
    public var virtualHost: String
    /// `nil` for the first of PLAIN and AMQPLAIN that the server offers.
    public var mechanism: Mechanism?
    /// The name that the server's lists of connections show.
    public var connectionName: String?
    /// How long one host may take to connect, handshakes and login included. Default 4 s, as in kombu.
    public var connectTimeout: Duration
    /// How long a call may take unless it sets its own deadline. Default 5 s.
    public var deadline: Duration
    /// The interval of heartbeats in whole seconds; the server may lower it. A peer that is silent for twice as long is
    /// given up. Zero asks for none. Default 10 s.
    public var heartbeat: Duration
    /// The most bytes of a frame, at least 4,096; the server may lower it. Default 131,072, RabbitMQ's own.
    public var largestFrame: Int
    /// The most bytes of a received body. A longer one is skipped, and its delivery says so. Default 128 MiB, RabbitMQ's
    /// own limit.
    public var largestBody: Int
    /// The most channels that are open at once, at most 65,535; the server may lower it. Default 2,047.
    public var mostChannels: Int
    /// The most messages of a channel that wait for their confirms, at least 1; more wait here until some are confirmed.
    /// Default 1,000.
    public var largestWindow: Int
    /// The most bytes of the bodies of the messages that wait for their confirms on a channel. A longer body waits until
    /// it is the only one. Default 16 MiB.
    public var largestWindowBytes: Int

    public init(
        hosts: [Host] = [Host("127.0.0.1")], user: String = "guest", password: String = "guest",
        virtualHost: String = "/"
    ) {
        self.hosts = hosts
        self.user = user
        self.password = password
        self.virtualHost = virtualHost
        tls = nil
        mechanism = nil
        connectionName = nil
        connectTimeout = .seconds(4)
        deadline = .seconds(5)
        heartbeat = .seconds(10)
        largestFrame = 131_072
        largestBody = 128 << 20
        mostChannels = 2_047
        largestWindow = 1_000
        largestWindowBytes = 16 << 20
    }
}

/// Never contains a password.
extension AMQPConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        let servers = hosts.map(\.description).joined(separator: ", ")
        return "AMQPConfiguration(\(servers), virtual host \(virtualHost)\(tls == nil ? "" : ", TLS"))"
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["hosts": hosts, "virtualHost": virtualHost]) }
}
