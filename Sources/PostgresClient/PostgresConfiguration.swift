/// Where the server is, how to connect to it, and the limits of a client.
public struct PostgresConfiguration: Sendable {
    /// A server's host. A name that begins with "/" is the folder of a Unix socket.
    public struct Host: Sendable, Hashable {
        public var name: String
        /// `nil` for libpq's default: the environment's `PGPORT`, else 5432.
        public var port: Int?

        public init(_ name: String, port: Int? = nil) {
            self.name = name
            self.port = port
        }
    }

    /// What TLS is required to prove; the raw values are those of libpq's `sslmode`.
    public enum TLSMode: String, Sendable, CaseIterable {
        /// Plain text.
        case disable
        /// TLS if the server offers it, otherwise plain text. Proves nothing.
        case prefer
        /// TLS, whoever the server is.
        case require
        /// TLS with a certificate of a known authority.
        case verifyCA = "verify-ca"
        /// TLS with a certificate of a known authority, for the host's name.
        case verifyFull = "verify-full"
    }

    /// The hosts, tried in order, each within its share of the connect timeout. Empty for libpq's default: the service
    /// file, `PGHOST`, or the local socket.
    public var hosts: [Host]
    public var user: String?
    /// `nil` lets libpq look into ``passwordFile`` and `PGPASSWORD`.
    public var password: String?
    public var database: String?
    /// A section of libpq's service file (`PGSERVICEFILE`, `~/.pg_service.conf`). What is set here overrides it.
    public var service: String?
    /// `nil` for `verifyFull`, or `prefer` if the server is reached by a Unix socket or a loopback address, where
    /// nothing leaves the machine. A stricter or looser mode of the service file or of `PGSSLMODE` is kept, except
    /// `prefer` and `allow` for a remote host: only this property can permit those.
    public var tls: TLSMode?
    /// A PEM file of the authorities to trust. `nil` for libpq's default, `~/.postgresql/root.crt`; if that does not
    /// exist, those of the system.
    public var authorities: String?
    /// A PEM file of the client's certificate, and of its key. The key must not be readable by others.
    public var certificate: String?
    public var key: String?
    /// `nil` for libpq's default, `~/.pgpass`.
    public var passwordFile: String?
    /// The name that `pg_stat_activity` shows. Default "celeriac".
    public var applicationName: String
    /// Whether a server that only reads, a standby for example, is passed over if there are several hosts. Default
    /// true.
    public var mustBeWritable: Bool
    /// How long opening a connection may take, over all hosts. Default 5 s.
    public var connectTimeout: Duration
    /// How long a call may take, including the wait for a connection, unless it has a deadline of its own. Default 5 s.
    public var deadline: Duration
    /// Run-time settings of each session, for example `["enable_seqscan": "off"]`.
    ///
    /// A name consists of lower-case letters, digits, "_" and "."; another one fails all calls with kind `misuse`.
    public var settings: [String: String]
    /// The maximum number of connections. Default 4; at least one.
    public var mostConnections: Int

    public init(
        hosts: [Host] = [], user: String? = nil, password: String? = nil, database: String? = nil,
        service: String? = nil, tls: TLSMode? = nil, authorities: String? = nil, certificate: String? = nil,
        key: String? = nil, passwordFile: String? = nil, applicationName: String = "celeriac",
        mustBeWritable: Bool = true, connectTimeout: Duration = .seconds(5), deadline: Duration = .seconds(5),
        settings: [String: String] = [:], mostConnections: Int = 4
    ) {
        self.hosts = hosts
        self.user = user
        self.password = password
        self.database = database
        self.service = service
        self.tls = tls
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.passwordFile = passwordFile
        self.applicationName = applicationName
        self.mustBeWritable = mustBeWritable
        self.connectTimeout = connectTimeout
        self.deadline = deadline
        self.settings = settings
        self.mostConnections = mostConnections
    }
}

/// Never contains a password.
extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        let places = hosts.map(\.description).joined(separator: ", ")
        let place = service.map { "service \($0)" } ?? "default host"
        let tls = tls.map { ", TLS \($0.rawValue)" } ?? ""
        return "PostgresConfiguration(\(hosts.isEmpty ? place : places), database \(database ?? "default")\(tls))"
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror {
        Mirror(self, children: ["hosts": hosts, "database": database as Any, "service": service as Any])
    }
}

extension PostgresConfiguration.Host: CustomStringConvertible {
    public var description: String { port.map { "\(name):\($0)" } ?? name }
}
