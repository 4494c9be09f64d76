#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A call, as described by the worker that holds it.
///
/// Source: `celery/worker/request.py`, `Request.info`.
public struct HeldCall: Sendable, Hashable, Identifiable {
    /// The id of the call.
    public let id: TaskID
    /// The task that it calls.
    public let task: TaskName
    /// The task's name, or the name that the caller shows instead (`shadow`).
    public let shownName: String
    /// The positional arguments: an array, or text if the request asked for `safe` replies.
    public let args: JSONValue
    /// The keyword arguments: an object, or text if the request asked for `safe` replies.
    public let kwargs: JSONValue
    /// The worker, `name@host`.
    public let node: String?
    /// When the call started; `nil` if it has not started yet.
    public let startedAt: Date?
    /// Whether its message is acknowledged, and so already removed from the broker.
    public let isAcknowledged: Bool
    /// The exchange that it came through.
    public let exchange: String?
    /// The routing key; the name of the queue if there is no exchange.
    public let routingKey: String?
    /// The priority as on the wire: 0 is the highest on Redis, and the lowest on RabbitMQ.
    public let priority: Int?
    /// Whether the broker has delivered it before.
    public let isRedelivered: Bool
    /// The process that runs it.
    public let pid: Int?
    /// The worker's complete description.
    public let json: JSONValue

    /// - Returns: `nil` if the value does not describe a call.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.stringValue else { return nil }
        let name = json["name"]?.stringValue ?? json["type"]?.stringValue ?? ""
        let delivery = json["delivery_info"]
        self.id = TaskID(id)
        task = TaskName(json["type"]?.stringValue ?? name)
        shownName = name
        args = json["args"] ?? []
        kwargs = json["kwargs"] ?? [:]
        node = json["hostname"]?.stringValue
        startedAt = json["time_start"]?.doubleValue.map { Date(timeIntervalSince1970: $0).bounded }
        isAcknowledged = json["acknowledged"]?.boolValue ?? false
        exchange = delivery?["exchange"]?.stringValue
        routingKey = delivery?["routing_key"]?.stringValue
        priority = delivery?["priority"]?.intValue
        isRedelivered = delivery?["redelivered"]?.boolValue ?? false
        pid = json["worker_pid"]?.intValue
        self.json = json
    }

    static func list(_ json: JSONValue) -> [HeldCall]? { json.arrayValue?.compactMap(HeldCall.init) }
}
