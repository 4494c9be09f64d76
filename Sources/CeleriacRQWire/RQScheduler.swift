public import CeleriacCore

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The process that puts scheduled jobs into their queues: the hash `rq:scheduler:<name>`. Source: RQ 3.0.0, `scheduler.py`.
public struct RQScheduler: Sendable, Hashable {
    /// The key's last part, and a field too.
    public var name: String
    public var hostname: String?
    public var processID: Int?
    /// All that it would serve, in no order; the locks tell which it does.
    public var queues: [String] = []
    public var createdAt: Date?
    public var lastHeartbeat: Date?

    public init(name: String) { self.name = name }

    // MARK: The hash

    /// Reads the hash. Nothing in it is mandatory.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, which names the field.
    public init(name: String, fields: RQFields, limits: MessageLimits = MessageLimits()) throws {
        let reader = RQFieldReader(fields, of: "a scheduler", limits: limits)
        self.init(name: try reader.text("name") ?? name)
        (hostname, processID) = (try reader.text("hostname"), try reader.integer("pid"))
        queues = try reader.text("queues")?.split(separator: ",").map(String.init) ?? []
        (createdAt, lastHeartbeat) = (try reader.date("created_at"), try reader.date("last_heartbeat"))
    }

    /// Writes the hash, in the order of RQ.
    public var fields: RQFields {
        var fields = RQFields()
        fields.put("name", name)
        fields.put(ifAny: "hostname", hostname)
        fields.put(ifAny: "pid", processID)
        fields.put("queues", queues.joined(separator: ","))
        fields.put(ifAny: "created_at", createdAt.map(RQTime.text))
        fields.put(ifAny: "last_heartbeat", lastHeartbeat.map(RQTime.text))
        return fields
    }
}
