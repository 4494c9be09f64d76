import CeleriacCore
import PostgresClient
import StoreKit

/// A server and the settings of a store on it, read from a URL.
struct PostgresAddress {
    private(set) var configuration: PostgresConfiguration
    private(set) var options = PostgresOptions()

    static let schemes = ["postgres", "postgresql"]
    private static let known =
        "schema, durability, connections, sslmode, sslrootcert, sslcert, sslkey, passfile, service, host, application_name, "
        + "connect_timeout_ms, deadline_ms"

    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    init(_ url: BackendURL) throws {
        configuration = PostgresConfiguration()
        configuration.hosts = try Self.hosts(of: url)
        configuration.user = url.user
        configuration.password = url.password
        let database = url.path.drop { $0 == "/" }
        configuration.database = database.isEmpty ? nil : String(database)
        for (name, value) in url.options.sorted(by: { $0.key < $1.key }) { try set(name, to: value, url) }
    }

    private mutating func set(_ name: String, to value: String, _ url: BackendURL) throws {
        switch name {
        case "schema":
            guard PostgresOptions.isSchema(value) else {
                throw url.refusal(
                    "has an invalid schema: use 1 to 40 lower-case letters, digits and underscores, beginning with a letter and not with pg_"
                )
            }
            options.schema = value
        case "durability": options.durability = try url.choice(value, name, "full or relaxed")
        case "connections": options.connections = try url.number(value, name, 2...1_000)
        case "sslmode":
            configuration.tls = try url.choice(
                value, name, "verify-full, or, less safe, verify-ca, require, prefer or disable")
        case "sslrootcert": configuration.authorities = value
        case "sslcert": configuration.certificate = value
        case "sslkey": configuration.key = value
        case "passfile": configuration.passwordFile = value
        case "service": configuration.service = value
        case "host":
            // A path does not fit in the place of the host.
            configuration.hosts = value.split(separator: ",").map { .init(String($0), port: url.port) }
        case "application_name": configuration.applicationName = value
        case "connect_timeout_ms":
            configuration.connectTimeout = .milliseconds(try url.number(value, name, 1...3_600_000))
        case "deadline_ms": configuration.deadline = .milliseconds(try url.number(value, name, 1...3_600_000))
        default: throw url.refusal(ofOption: name, known: Self.known)
        }
    }

    /// Several hosts stand between semicolons, each with its port: `one:5432;two:5432`.
    private static func hosts(of url: BackendURL) throws -> [PostgresConfiguration.Host] {
        guard let text = url.host else { return url.port.map { [.init("localhost", port: $0)] } ?? [] }
        let parts = text.split(separator: ";")
        return try parts.enumerated().map { index, part in
            // The URL has split off the port of the last host.
            if index == parts.count - 1 { return .init(unbracketed(part), port: url.port) }
            let last = part.lastIndex(of: "]") ?? part.startIndex
            guard let colon = part[last...].lastIndex(of: ":") else { return .init(unbracketed(part)) }
            guard let port = Int(part[part.index(after: colon)...]), (1...65_535).contains(port) else {
                throw url.refusal("has an invalid port: use a number from 1 to 65535 behind each host")
            }
            return .init(unbracketed(part[..<colon]), port: port)
        }
    }

    private static func unbracketed(_ host: Substring) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
}
