import CeleriacCore
import RESPClient

/// A server and how a store lies in it, read from a URL.
struct RedisAddress: Sendable {
    static let schemes = ["redis", "rediss", "redis+socket", "unix", "sentinel"]
    static let schemesOfRQ = ["rq", "rqs", "rq+socket", "rq+unix", "rq+sentinel"]

    var configuration: RESPConfiguration
    var options = RedisOptions()
    /// Where the scheme is one of RQ's.
    var rq = RQOptions()
    private let isRQ: Bool

    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    init(_ url: BackendURL) throws {
        configuration = RESPConfiguration()
        isRQ = Self.schemesOfRQ.contains(url.scheme)
        var database: Int?
        switch url.scheme {
        case "redis", "rediss", "rq", "rqs":
            configuration.address = .host(url.host.map(Self.withoutBrackets) ?? "127.0.0.1", port: url.port ?? 6379)
            database = try Self.database(url.path, url)
        case "redis+socket", "rq+socket", "unix", "rq+unix":
            guard url.host == nil, url.path.count > 1 else {
                throw url.refusal("names no socket: write \(url.scheme):///run/redis.sock?db=0")
            }
            configuration.address = .unixSocket(url.path)
        case "sentinel", "rq+sentinel": database = try readSentinels(url)
        default: throw url.refusal("is none of \(Self.schemes.joined(separator: ", "))")
        }
        configuration.database = try Self.database(ofPath: database, url)
        configuration.user = url.user
        configuration.password = url.password
        if url.scheme == "rediss" || url.scheme == "rqs" { configuration.tls = .init() }
        for (name, value) in url.options.sorted(by: { $0.key < $1.key }) { try set(name, to: value, url) }
    }

    /// - Returns: the database, if the path names one.
    private mutating func readSentinels(_ url: BackendURL) throws -> Int? {
        let authority = (url.host ?? "") + (url.port.map { ":\($0)" } ?? "")
        let endpoints = try authority.split(separator: ";").map { try Self.endpoint($0, url) }
        let path = url.path.split(separator: "/")
        guard !endpoints.isEmpty, let service = path.first, path.count <= 2, !url.path.contains("@") else {
            throw url.refusal("names no service: write \(url.scheme)://one:26379;two:26379/service/0")
        }
        configuration.address = .sentinel(endpoints, service: String(service))
        return try Self.database(path.count > 1 ? path[1] : "", url)
    }

    private static func endpoint(_ text: Substring, _ url: BackendURL) throws -> RESPConfiguration.Endpoint {
        let afterBracket = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[afterBracket...].lastIndex(of: ":") else { return .init(withoutBrackets(String(text))) }
        guard let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            throw url.refusal("has a Sentinel whose port is no number from 1 to 65535")
        }
        return .init(withoutBrackets(String(text[..<colon])), port: port)
    }

    private static func withoutBrackets(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    /// A database as kombu, Celery and redis-py read it: slashes around it mean nothing, and nothing but slashes names none.
    private static func database(_ text: some StringProtocol, _ url: BackendURL) throws -> Int? {
        let parts = text.split(separator: "/")
        guard let digits = parts.first else { return nil }
        guard parts.count == 1, let number = Int(digits), number >= 0 else {
            throw url.refusal("has a database that is no number")
        }
        return number
    }

    /// The option `db` wins over the path, as in redis-py. `virtual_host` is kombu's name for the same.
    private static func database(ofPath path: Int?, _ url: BackendURL) throws -> Int {
        let option = try url.options["db"].flatMap { try database($0, url) }
        let virtualHost = try url.options["virtual_host"].flatMap { try database($0, url) }
        guard let named = option ?? path, let virtualHost, named != virtualHost else {
            return option ?? path ?? virtualHost ?? 0
        }
        throw url.refusal("names two databases")
    }
}

// MARK: Options

extension RedisAddress {
    private mutating func set(_ name: String, to value: String, _ url: BackendURL) throws {
        if try isRQ ? setRQ(name, to: value, url) : setLayout(name, to: value, url) { return }
        if try setTLS(name, to: value, url) { return }
        switch name {
        case "db", "virtual_host": break  // They are read with the path.
        case "username": configuration.user = value
        case "password": configuration.password = value
        case "deadline_ms": configuration.deadline = .milliseconds(try Self.number(value, name, 1...600_000, url))
        case "connect_timeout_ms":
            configuration.connectTimeout = .milliseconds(try Self.number(value, name, 1...600_000, url))
        case "client_name": configuration.clientName = value
        case "sentinel_password": configuration.sentinelPassword = value
        default:
            throw url.refusal(
                ofOption: name,
                known: (isRQ ? Self.optionNamesOfRQ : Self.optionNamesOfCelery) + Self.optionNames)
        }
    }

    private static let optionNamesOfRQ =
        "prefix, serializer, worker_name, abandoned, webhooks, schedules, failure_ttl, check_server, waiting_connections, "
        + "delivery_limit, "
    private static let optionNamesOfCelery =
        "prefix, result_prefix, sep, priority_steps, unacked_key, unacked_index_key, visibility_timeout, delays, "
        + "check_server, result_extended, track_started, waiting_connections, delivery_limit, "
    private static let optionNames =
        "db, virtual_host, username, password, deadline_ms, connect_timeout_ms, client_name, sentinel_password, ssl, "
        + "ssl_cert_reqs, ssl_check_hostname, ssl_ca_certs, ssl_certfile, ssl_keyfile"

    private mutating func setLayout(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        switch name {
        case "prefix": options.keyPrefix = value
        case "result_prefix": options.resultKeyPrefix = value
        case "sep": options.separator = try Self.separator(value, url)
        case "priority_steps": options.prioritySteps = try Self.steps(value, url)
        case "unacked_key": options.unackedKey = value
        case "unacked_index_key": options.unackedIndexKey = value
        case "visibility_timeout":
            options.visibilityTimeout = .seconds(try Self.number(value, name, 1...31_536_000, url))
        case "delays":
            guard let delays = RedisOptions.Delays(rawValue: value) else {
                throw url.refusal("has delays that are none of auto, broker and worker")
            }
            options.delays = delays
        case "check_server": options.checksServer = try Self.flag(value, name, url)
        case "result_extended": options.extendedResults = try Self.flag(value, name, url)
        case "track_started": options.tracksStart = try Self.flag(value, name, url)
        case "waiting_connections": options.waitingConnections = try Self.number(value, name, 0...1_000, url)
        case "delivery_limit": options.deliveryLimit = try Self.number(value, name, 1...1_000_000, url)
        default: return false
        }
        return true
    }

    private mutating func setTLS(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        var tls = configuration.tls ?? .init()
        switch name {
        case "ssl":
            configuration.tls = try Self.flag(value, name, url) ? tls : nil
            return true
        case "ssl_cert_reqs": tls.verification = try Self.verification(value, url)
        case "ssl_check_hostname":
            if try !Self.flag(value, name, url), tls.verification == .full { tls.verification = .chainOnly }
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

    /// Celery's own words: `required`, `optional` and `none`, with or without `CERT_`.
    private static func verification(
        _ value: String, _ url: BackendURL
    ) throws -> RESPConfiguration.TLS.Verification {
        switch value.lowercased().replacing("cert_", with: "") {
        case "required", "optional": .full
        case "none": .insecurelyNothing
        default: throw url.refusal("has an ssl_cert_reqs that is none of required, optional, none")
        }
    }

    private static func separator(_ value: String, _ url: BackendURL) throws -> String {
        guard !value.isEmpty else { throw url.refusal("has an empty sep") }
        return value
    }

    static func steps(_ value: String, _ url: BackendURL) throws -> [Int] {
        let steps = value.split(separator: ",").compactMap { Int($0) }
        guard steps.first == 0, steps.allSatisfy((0...9).contains), steps == Array(Set(steps)).sorted(),
            value.split(separator: ",").count == steps.count
        else { throw url.refusal("has priority_steps that are not like 0,3,6,9: rising, from 0") }
        return steps
    }

    static func number(
        _ value: String, _ name: String, _ range: ClosedRange<Int>, _ url: BackendURL
    ) throws -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw url.refusal("has a \(name) that is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func flag(_ value: String, _ name: String, _ url: BackendURL) throws -> Bool {
        switch value.lowercased() {
        case "true", "1", "yes": true
        case "false", "0", "no": false
        default: throw url.refusal("has a \(name) that is neither true nor false")
        }
    }
}
