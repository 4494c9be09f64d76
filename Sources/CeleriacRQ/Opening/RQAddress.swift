import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit

/// A server and the settings of RQ's layout on it, read from a URL.
struct RQAddress: Sendable {
    static let schemes = ServerSchemes(
        plain: "rq", tls: "rqs", sockets: ["rq+socket", "rq+unix"], sentinel: "rq+sentinel")

    let configuration: RESPConfiguration
    let options: RQOptions

    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    init(_ url: BackendURL) throws {
        var options = RQOptions()
        configuration = try ServerAddress(url, schemes: Self.schemes, known: RQOptions.names) {
            try options.set($0, to: $1, url)
        }.configuration
        self.options = options
    }
}

extension RQOptions {
    fileprivate static let names =
        "prefix, serializer, worker_name, abandoned, webhooks, schedules, failure_ttl, check_server, waiting_connections, "
        + "delivery_limit, "

    /// - Returns: `false` if the layout has no option of that name.
    fileprivate mutating func set(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        switch name {
        case "prefix":
            guard let keys = try? RQKeys(prefix: value) else {
                throw url.refusal("has an invalid prefix: use A-Z a-z 0-9 _ . : { } -")
            }
            self.keys = keys
        case "serializer":
            guard let serializer = RQSerializer(rawValue: value) else {
                throw url.refusal("has an invalid serializer: use json or pickle")
            }
            self.serializer = serializer
        case "worker_name": workerName = value
        case "abandoned":
            guard let abandoned = RQOptions.Abandoned(rawValue: value) else {
                throw url.refusal("has an invalid abandoned: use requeue or fail")
            }
            self.abandoned = abandoned
        case "webhooks":
            guard let webhooks = RQOptions.Webhooks(rawValue: value) else {
                throw url.refusal("has an invalid webhooks: use send or ignore")
            }
            self.webhooks = webhooks
        case "schedules": schedules = try url.flag(value, name)
        case "failure_ttl": failureTTL = .seconds(try url.number(value, name, 1...3_153_600_000))
        case "check_server": checksServer = try url.flag(value, name)
        case "waiting_connections": waitingConnections = try url.number(value, name, 0...1_000)
        case "delivery_limit": deliveryLimit = try url.number(value, name, 1...1_000_000)
        default: return false
        }
        return true
    }
}
