package import CeleriacCore
package import RedisKit
import StoreKit

/// A server and the settings of Celery's layout on it.
typealias RedisAddress = LayoutAddress<RedisOptions>

extension RedisOptions: LayoutOptions {
    package static let schemes = ServerSchemes(
        plain: "redis", tls: "rediss", sockets: ["redis+socket", "unix"], sentinel: "sentinel")

    package static let names =
        "prefix, result_prefix, sep, priority_steps, unacked_key, unacked_index_key, visibility_timeout, delays, "
        + "check_server, result_extended, track_started, waiting_connections, delivery_limit, "

    package mutating func set(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        switch name {
        case "prefix": keyPrefix = value
        case "result_prefix": resultKeyPrefix = value
        case "sep": separator = try Self.separator(value, url)
        case "priority_steps": prioritySteps = try Self.steps(value, url)
        case "unacked_key": unackedKey = value
        case "unacked_index_key": unackedIndexKey = value
        case "visibility_timeout": visibilityTimeout = .seconds(try url.number(value, name, 1...31_536_000))
        case "delays": delays = try url.choice(value, name, "auto, broker or worker")
        case "check_server": checksServer = try url.flag(value, name)
        case "result_extended": extendedResults = try url.flag(value, name)
        case "track_started": tracksStart = try url.flag(value, name)
        case "waiting_connections": waitingConnections = try url.number(value, name, 0...1_000)
        case "delivery_limit": deliveryLimit = try url.number(value, name, 1...1_000_000)
        default: return false
        }
        return true
    }

    private static func separator(_ value: String, _ url: BackendURL) throws -> String {
        guard !value.isEmpty else { throw url.refusal("has an empty sep") }
        return value
    }

    private static func steps(_ value: String, _ url: BackendURL) throws -> [Int] {
        let steps = value.split(separator: ",").compactMap { Int($0) }
        guard steps.first == 0, steps.allSatisfy((0...9).contains), steps == Array(Set(steps)).sorted(),
            value.split(separator: ",").count == steps.count
        else { throw url.refusal("has invalid priority_steps: use rising numbers from 0, such as 0,3,6,9") }
        return steps
    }
}
