package import CeleriacCore
import CeleriacRQWire
package import RedisKit
import StoreKit

/// A server and the settings of RQ's layout on it.
typealias RQAddress = LayoutAddress<RQOptions>

extension RQOptions: LayoutOptions {
    package static let schemes = ServerSchemes(
        plain: "rq", tls: "rqs", sockets: ["rq+socket", "rq+unix"], sentinel: "rq+sentinel")

    package static let names =
        "prefix, serializer, worker_name, abandoned, webhooks, schedules, failure_ttl, check_server, waiting_connections, "
        + "delivery_limit, "

    package mutating func set(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        switch name {
        case "prefix":
            guard let keys = try? RQKeys(prefix: value) else {
                throw url.refusal("has an invalid prefix: use A-Z a-z 0-9 _ . : { } -")
            }
            self.keys = keys
        case "serializer": serializer = try url.choice(value, name, "json or pickle")
        case "worker_name": workerName = value
        case "abandoned": abandoned = try url.choice(value, name, "requeue or fail")
        case "webhooks": webhooks = try url.choice(value, name, "send or ignore")
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
