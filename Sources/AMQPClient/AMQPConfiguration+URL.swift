extension AMQPConfiguration {
    /// Reads a URL as kombu does: `amqp://user:password@host:port/vhost?option=value`, or `amqps://`.
    ///
    /// - User, password and virtual host are percent-decoded. Both of user and password are `guest` by default.
    /// - `amqp://h`, `amqp://h/`, `amqp://h//` and `amqp://h/%2F` name the virtual host `/`; `amqp://h/name` names `name`.
    /// - Further hosts follow behind a semicolon, as URLs or as `host:port`. They share the login, the virtual host and
    ///   the options of the first one.
    /// - Options: `ssl_cert_reqs` (`required`, `optional`, `none`), `ssl_check_hostname`, `ssl_ca_certs`,
    ///   `ssl_certfile`, `ssl_keyfile` (all of them with `amqps` only), `heartbeat` and `connect_timeout` in seconds,
    ///   `login_method` (`PLAIN`, `AMQPLAIN`, `EXTERNAL`), `connection_name`.
    ///
    /// - Throws: ``AMQPError`` with code `misconfigured`; its text contains neither user nor password.
    public init(url: String) throws {
        let parts = url.split(separator: ";", omittingEmptySubsequences: true).map { AMQPAddress($0) }
        guard let first = try parts.first?.checked() else { throw AMQPError(.misconfigured, "the AMQP URL is empty") }
        self.init(hosts: [try first.host])
        if first.isEncrypted { tls = TLS() }
        user = try first.user ?? user
        password = try first.password ?? password
        virtualHost = try first.virtualHost ?? virtualHost
        for (name, value) in try first.options { try set(name, to: value) }
        hosts += try parts.dropFirst().map { try $0.checked(besides: first).host }
    }

    /// The names of the options that a URL may have.
    package static let optionNames =
        "heartbeat, connect_timeout, connection_name, login_method, ssl_cert_reqs, ssl_check_hostname, ssl_ca_certs, "
        + "ssl_certfile, ssl_keyfile"

    /// Sets an option of a URL.
    ///
    /// - Throws: ``AMQPError`` with code `misconfigured`.
    package mutating func set(_ name: String, to value: String) throws {
        switch name {
        case "heartbeat": heartbeat = try Self.seconds(value, name)
        case "connect_timeout": connectTimeout = try Self.seconds(value, name)
        case "connection_name": connectionName = value
        case "login_method":
            guard let mechanism = Mechanism(rawValue: value.uppercased()) else {
                throw AMQPError(.misconfigured, "login_method of the AMQP URL must be PLAIN, AMQPLAIN or EXTERNAL")
            }
            self.mechanism = mechanism
        default: try setTLS(name, to: value)
        }
    }

    private mutating func setTLS(_ name: String, to value: String) throws {
        var settings = tls ?? TLS()
        switch name {
        case "ssl_cert_reqs": settings.verification = try Self.verification(value)
        case "ssl_check_hostname":
            if value.lowercased() == "false", settings.verification == .full { settings.verification = .chainOnly }
        case "ssl_ca_certs": settings.authorities = value
        case "ssl_certfile": settings.certificate = value
        case "ssl_keyfile": settings.key = value
        default: throw AMQPError(.misconfigured, "the AMQP URL has the unknown option \(name)")
        }
        guard tls != nil else {
            throw AMQPError(.misconfigured, "the AMQP URL has \(name) without TLS: write amqps://")
        }
        tls = settings
    }

    /// Celery's values: `required`, `optional` and `none`, with or without `CERT_`.
    private static func verification(_ value: String) throws -> TLS.Verification {
        switch value.lowercased().replacing("cert_", with: "") {
        case "required", "optional": .full
        case "none": .insecurelyNothing
        default: throw AMQPError(.misconfigured, "ssl_cert_reqs of the AMQP URL must be required, optional or none")
        }
    }

    private static func seconds(_ value: String, _ name: String) throws -> Duration {
        guard let seconds = Double(value), (0...65_535).contains(seconds) else {
            throw AMQPError(.misconfigured, "\(name) of the AMQP URL must be a number of seconds from 0 to 65535")
        }
        return .milliseconds(Int(seconds * 1000))
    }
}
