#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A call as the worker that holds it tells of it.
///
/// Source: `celery/worker/request.py`, `Request.info`.
public struct HeldCall: Sendable, Hashable, Identifiable {
    public let id: TaskID
    public let task: TaskName
    /// The task's name, or what the caller has shown instead of it (`shadow`).
    public let shownName: String
    /// A list; text if it was asked for safely.
    public let args: JSONValue
    /// An object; text if it was asked for safely.
    public let kwargs: JSONValue
    /// The worker, `name@host`.
    public let node: String?
    /// `nil` = not started yet.
    public let startedAt: Date?
    /// Whether its message is gone from the broker already.
    public let isAcknowledged: Bool
    public let exchange: String?
    /// The queue, where there is no exchange.
    public let routingKey: String?
    /// As on the wire: on Redis 0 is highest, on RabbitMQ 0 is lowest.
    public let priority: Int?
    public let isRedelivered: Bool
    /// The process that runs it.
    public let pid: Int?
    /// All that the worker said of it.
    public let json: JSONValue

    /// - Returns: `nil` where the value is no description of a call.
    public init?(_ json: JSONValue) {
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
