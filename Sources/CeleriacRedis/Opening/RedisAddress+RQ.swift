import CeleriacCore
import CeleriacWire

extension RedisAddress {
    /// - Returns: whether it is an option of RQ's layout.
    mutating func setRQ(_ name: String, to value: String, _ url: BackendURL) throws -> Bool {
        switch name {
        case "prefix":
            guard let keys = try? RQKeys(prefix: value) else {
                throw url.refusal("has a prefix that RQ does not take: use A-Z a-z 0-9 _ . : { } -")
            }
            rq.keys = keys
        case "serializer":
            guard let serializer = RQSerializer(rawValue: value) else {
                throw url.refusal("has a serializer that is neither json nor pickle")
            }
            rq.serializer = serializer
        case "worker_name": rq.workerName = value
        case "abandoned":
            guard let abandoned = RQOptions.Abandoned(rawValue: value) else {
                throw url.refusal("has an abandoned that is neither requeue nor fail")
            }
            rq.abandoned = abandoned
        case "webhooks":
            guard let webhooks = RQOptions.Webhooks(rawValue: value) else {
                throw url.refusal("has a webhooks that is neither send nor ignore")
            }
            rq.webhooks = webhooks
        case "schedules": rq.schedules = try Self.flag(value, name, url)
        case "failure_ttl": rq.failureTTL = .seconds(try Self.number(value, name, 1...3_153_600_000, url))
        case "check_server": rq.checksServer = try Self.flag(value, name, url)
        case "waiting_connections": rq.waitingConnections = try Self.number(value, name, 0...1_000, url)
        case "delivery_limit": rq.deliveryLimit = try Self.number(value, name, 1...1_000_000, url)
        default: return false
        }
        return true
    }
}
