#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore

/// The options that Celeriac knows. Each is `nil` if it is missing, null or of another type.
extension CanvasOptions {
    /// "task_id": the id that the call will have; for a group, the id of the group.
    public var id: TaskID? {
        get { self[text: "task_id"].map { TaskID($0) } }
        set { self[text: "task_id"] = newValue?.rawValue }
    }
    public var replyTo: String? {
        get { self[text: "reply_to"] }
        set { self[text: "reply_to"] = newValue }
    }
    /// Also `nil` if the text is not a queue name; sending the signature then fails.
    public var queue: QueueName? {
        get { self[text: "queue"].flatMap { QueueName(rawValue: $0) } }
        set { self[text: "queue"] = newValue?.rawValue }
    }
    /// "exchange" and "routing_key".
    public var route: ExchangeRoute? {
        get { self[text: "exchange"].map { ExchangeRoute(exchange: $0, routingKey: self[text: "routing_key"] ?? "") } }
        set {
            self[text: "exchange"] = newValue?.exchange
            self[text: "routing_key"] = newValue?.routingKey
        }
    }
    /// "priority"; the codec converts it to the broker's wire. A number outside 0 to 9 is clamped.
    public var priority: CallPriority? {
        get { values["priority"]?.intValue.map(CallPriority.init(clamping:)) }
        set { values["priority"] = newValue.map { .integer(Int64($0.rawValue)) } }
    }
    /// "delivery_mode": 2 or `persistent`, 1 or `transient`.
    public var isPersistent: Bool? {
        get {
            switch values["delivery_mode"] {
            case .integer(2)?, .string("persistent")?: true
            case .integer(1)?, .string("transient")?: false
            default: nil
            }
        }
        set { values["delivery_mode"] = newValue.map { .integer($0 ? 2 : 1) } }
    }
    public var countdown: Duration? {
        get { self[seconds: "countdown"] }
        set { self[seconds: "countdown"] = newValue }
    }
    /// Ignored if there is a ``countdown``.
    public var eta: Date? {
        get { self[text: "eta"].flatMap { ISODate.parse($0) } }
        set { self[text: "eta"] = newValue.map { ISODate.text($0) } }
    }
    /// "expires" as a duration in seconds, counted from the time of sending.
    public var expiresAfter: Duration? {
        get { self[seconds: "expires"] }
        set { self[seconds: "expires"] = newValue }
    }
    /// "expires" as a date.
    public var expires: Date? {
        get { self[text: "expires"].flatMap { ISODate.parse($0) } }
        set { self[text: "expires"] = newValue.map { ISODate.text($0) } }
    }
    public var timeLimit: Duration? {
        get { self[seconds: "time_limit"] }
        set { self[seconds: "time_limit"] = newValue }
    }
    public var softTimeLimit: Duration? {
        get { self[seconds: "soft_time_limit"] }
        set { self[seconds: "soft_time_limit"] = newValue }
    }
    public var ignoreResult: Bool? {
        get { values["ignore_result"]?.boolValue }
        set { values["ignore_result"] = newValue.map(JSONValue.bool) }
    }
    public var groupID: String? {
        get { self[text: "group_id"] }
        set { self[text: "group_id"] = newValue }
    }
    public var groupIndex: Int? {
        get { values["group_index"]?.intValue }
        set { values["group_index"] = newValue.map { .integer(Int64($0)) } }
    }
    public var rootID: TaskID? {
        get { self[text: "root_id"].map { TaskID($0) } }
        set { self[text: "root_id"] = newValue?.rawValue }
    }
    public var parentID: TaskID? {
        get { self[text: "parent_id"].map { TaskID($0) } }
        set { self[text: "parent_id"] = newValue?.rawValue }
    }
    /// The number of replacements that led to this call: see ``CanvasReplacement``.
    public var replacedTaskNesting: Int? {
        get { values["replaced_task_nesting"]?.intValue.map { Int(count: $0) } }
        set { values["replaced_task_nesting"] = newValue.map { .integer(Int64($0)) } }
    }
    /// The names of the stamps.
    public var stampedHeaders: [JSONKey] { values["stamped_headers"]?.arrayValue?.compactMap(\.keyValue) ?? [] }
    /// The stamps by name.
    public var stamps: JSONObject {
        let names = Set(stampedHeaders)
        return names.isEmpty ? [:] : values.filter { names.contains($0.key) && $0.key != "stamped_headers" }
    }

    subscript(text name: String) -> String? {
        get { values[name]?.stringValue }
        set { values[name] = newValue.map(JSONValue.string) }
    }

    /// A duration in seconds, within ±30,000 years; a `Duration` traps beyond its range.
    subscript(seconds name: String) -> Duration? {
        get { values[name]?.doubleValue.flatMap { abs($0) <= 1e12 ? .seconds($0) : nil } }
        set { values[name] = newValue.map(Self.seconds) }
    }

    private static func seconds(_ duration: Duration) -> JSONValue {
        let (seconds, rest) = duration.components
        return rest == 0 ? .integer(seconds) : .double(duration.seconds)
    }
}
