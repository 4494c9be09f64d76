import CeleriacCore
import RESPClient
import StoreKit

/// The connection options, which every layout has.
extension ServerAddress {
    mutating func set(_ name: String, to value: String, known: String, _ url: BackendURL) throws {
        if try setTLS(name, to: value, url) { return }
        switch name {
        case "db", "virtual_host": break  // The initializer reads them together with the path.
        case "username": configuration.user = value
        case "password": configuration.password = value
        case "deadline_ms": configuration.deadline = .milliseconds(try url.number(value, name, 1...600_000))
        case "connect_timeout_ms":
            configuration.connectTimeout = .milliseconds(try url.number(value, name, 1...600_000))
        case "client_name": configuration.clientName = value
        case "sentinel_password": configuration.sentinelPassword = value
        default: throw url.refusal(ofOption: name, known: known + Self.optionNames)
        }
    }

    private static let optionNames =
        "db, virtual_host, username, password, deadline_ms, connect_timeout_ms, client_name, sentinel_password, ssl, "
        + "ssl_cert_reqs, ssl_check_hostname, ssl_ca_certs, ssl_certfile, ssl_keyfile"

    private mutating func setTLS(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        var tls = configuration.tls ?? .init()
        switch name {
        case "ssl":
            configuration.tls = try url.flag(value, name) ? tls : nil
            return true
        case "ssl_cert_reqs": tls.verification = try Self.verification(value, url)
        case "ssl_check_hostname":
            if try !url.flag(value, name), tls.verification == .full { tls.verification = .chainOnly }
        case "ssl_ca_certs": tls.authorities = value
        case "ssl_certfile": tls.certificate = value
        case "ssl_keyfile": tls.key = value
        default: return false
        }
        guard configuration.tls != nil || url.options["ssl"] != nil else {
            throw url.refusal("has \(name) without TLS: write rediss:// or add ssl=true")
        }
        configuration.tls = tls
        return true
    }

    /// Celery's values: `required`, `optional` and `none`, with or without `CERT_`.
    private static func verification(
        _ value: String, _ url: BackendURL
    ) throws -> RESPConfiguration.TLS.Verification {
        switch value.lowercased().replacing("cert_", with: "") {
        case "required", "optional": .full
        case "none": .insecurelyNothing
        default: throw url.refusal("has an invalid ssl_cert_reqs: use required, optional or none")
        }
    }
}
