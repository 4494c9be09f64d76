/// Where the server is, and how the client treats it.
public struct RESPConfiguration: Sendable {
    public enum Address: Sendable, Hashable {
        case host(String, port: Int = 6379)
        case unixSocket(String)
        /// The master that these Sentinels name; asked again at each new connection.
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

    /// TLS 1.2 or later, towards the server and the Sentinels. The files are read at each new connection.
    public struct TLS: Sendable, Hashable {
        /// How the server's certificate is checked. Default: chain and host name.
        public enum Verification: Sendable, Hashable {
            /// The chain, and the host name; the address where the host is given as one.
            case full
            /// The chain, not the host name.
            case chainOnly
            /// Nothing: whoever sits between can read and change everything.
            case insecurelyNothing
        }

        public var verification: Verification
        /// PEM file of the authorities to trust; `nil` = the system's.
        public var authorities: String?
        /// PEM files of the client's own certificate and key.
        public var certificate: String?
        public var key: String?
        /// `nil` = the host of the address.
        public var serverName: String?

        public init(
            verification: Verification = .full, authorities: String? = nil, certificate: String? = nil,
            key: String? = nil, serverName: String? = nil
        ) {
            self.verification = verification
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
            self.serverName = serverName
        }
    }

    public var address: Address
    /// `nil` = plain text.
    public var tls: TLS?
    public var user: String?
    public var password: String?
    /// Of the Sentinels, where they ask for one of their own.
    public var sentinelPassword: String?
    public var database: Int
    /// Shown by `CLIENT LIST`.
    public var clientName: String?
    /// Whether RESP3 is asked for (`HELLO 3`); a server that does not know it is spoken to in RESP2. Default yes.
    ///
    /// Some answers differ in shape: a hash is a map or an array, a score a double or a blob, null is null in both.
    public var prefersRESP3: Bool
    /// How long making a connection may take, handshake and login included. Default 3 s.
    public var connectTimeout: Duration
    /// How long a command may take, the wait for a connection included, unless it says otherwise. Default 5 s.
    public var deadline: Duration
    /// A connection that is silent for so long while it owes an answer, or idle for so long, is asked for a PING; one that
    /// does not answer within as long again is given up. Default 3 s.
    public var keepAlive: Duration
    /// The largest answer, in bytes, counting besides what its elements take in memory. Default 512 MiB, the server's own
    /// limit of a value.
    public var largestReply: Int
    /// How deep answers may be nested, at most 512. Default 32.
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
        largestReply = 512 << 20
        deepestReply = 32
    }
}

/// Never shows a password.
extension RESPConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "RESPConfiguration(\(address), database \(database)\(tls == nil ? "" : ", TLS"))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["address": address, "database": database]) }
}
