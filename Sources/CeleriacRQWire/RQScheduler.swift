package import CeleriacCore

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The process that puts scheduled jobs into their queues: the hash `rq:scheduler:<name>`.
///
/// Source: RQ 3.0.0, `scheduler.py`.
package struct RQScheduler: Sendable, Hashable {
    /// The last part of the key, and also a field.
    package var name: String
    package var hostname: String?
    package var processID: Int?
    /// All queues that it is willing to serve, in no order; the locks show which ones it does serve.
    package var queues: [String] = []
    package var createdAt: Date?
    package var lastHeartbeat: Date?

    package init(name: String) { self.name = name }

    // MARK: The hash

    /// Reads the hash. No field is mandatory.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, which names the field.
    package init(name: String, fields: RQFields, limits: MessageLimits = MessageLimits()) throws {
        let reader = RQFieldReader(fields, of: "a scheduler", limits: limits)
        self.init(name: try reader.text("name") ?? name)
        (hostname, processID) = (try reader.text("hostname"), try reader.integer("pid"))
        queues = try reader.text("queues")?.split(separator: ",").map(String.init) ?? []
        (createdAt, lastHeartbeat) = (try reader.date("created_at"), try reader.date("last_heartbeat"))
    }

    /// Returns the hash, with the fields in RQ's order.
    package var fields: RQFields {
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
