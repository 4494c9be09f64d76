@_exported public import struct SocketKit.TLSSettings

/// The server's address, and the settings of the client.
public struct RESPConfiguration: Sendable {
    public enum Address: Sendable, Hashable {
        case host(String, port: Int = 6379)
        case unixSocket(String)
        /// The master that these Sentinels name; they are asked again for each new connection.
        case sentinel([Endpoint], service: String)
    }

    public struct Endpoint: Sendable, Hashable {
        public var host: String
        public var port: Int

        public init(_ host: String, port: Int = 26379) {
            self.host = host
            self.port = port
        }
    }

    /// TLS 1.2 or later, for connections to the server and to the Sentinels. The files are read again for each
    /// connection.
    public typealias TLS = TLSSettings

    public var address: Address
    /// `nil` for plain text.
    public var tls: TLS?
    public var user: String?
    public var password: String?
    /// The password of the Sentinels, if they require one.
    public var sentinelPassword: String?
    public var database: Int
    /// The name that `CLIENT LIST` shows.
    public var clientName: String?
    /// Whether to request RESP3 (`HELLO 3`); servers that do not know it are used with RESP2. Default true.
    ///
    /// The shape of some answers differs: a hash is a map or an array, a score is a double or a blob; null is null in
    /// both.
    public var prefersRESP3: Bool
    /// How long making a connection may take, including handshake and login. Default 3 s.
    public var connectTimeout: Duration
    /// How long a command may take, including the wait for a connection, unless the call sets its own deadline. Default
    /// 5 s.
    public var deadline: Duration
    /// How long a connection may be silent, whether it is idle or awaits an answer, before the client sends a PING. If
    /// it stays silent for as long again, it is given up. Default 3 s.
    public var keepAlive: Duration
    /// How long a lone command may block the thread of its caller while it awaits the answer; `.zero` for never. Default
    /// 200 µs, at most 10 ms.
    ///
    /// Where the server answers within this time, a command takes about half as long as through the event loop, since no
    /// other thread needs to be woken. Commands that are not answered within it are tried this way again only after
    /// growing pauses of up to 1 s. Not used with TLS.
    public var directWait: Duration
    /// The maximum size of an answer in bytes, including the memory that its elements take. Default 512 MiB, the
    /// server's own limit for a value.
    public var largestReply: Int
    /// The maximum nesting depth of answers, at most 512. Default 32.
    public var deepestReply: Int

    public init(address: Address = .host("127.0.0.1"), database: Int = 0) {
        self.address = address
        self.database = database
        tls = nil
        user = nil
        password = nil
        sentinelPassword = nil
        clientName = nil
        prefersRESP3 = true
        connectTimeout = .seconds(3)
        deadline = .seconds(5)
        keepAlive = .seconds(3)
        directWait = .microseconds(200)
        largestReply = 512 << 20
        deepestReply = 32
    }
}

/// Never contains a password.
extension RESPConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "RESPConfiguration(\(address), database \(database)\(tls == nil ? "" : ", TLS"))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["address": address, "database": database]) }
}
