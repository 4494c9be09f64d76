#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A monitoring event that a worker or client emits: one of Celery's events.
///
/// Source: `celery/events/event.py`; the fields of each kind are listed in Celery's "Monitoring and Management Guide".
public struct MonitorEvent: Sendable, Hashable {
    /// For example `task-received`.
    public struct Kind: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }
        public var description: String { rawValue }

        public static let workerOnline: Kind = "worker-online"
        public static let workerHeartbeat: Kind = "worker-heartbeat"
        public static let workerOffline: Kind = "worker-offline"
        public static let taskSent: Kind = "task-sent"
        public static let taskReceived: Kind = "task-received"
        public static let taskStarted: Kind = "task-started"
        public static let taskSucceeded: Kind = "task-succeeded"
        public static let taskFailed: Kind = "task-failed"
        public static let taskRetried: Kind = "task-retried"
        public static let taskRejected: Kind = "task-rejected"
        public static let taskRevoked: Kind = "task-revoked"

        /// Whether it is about a task, `task-sent` included.
        public var isOfTask: Bool { rawValue.hasPrefix("task-") }
    }

    public var kind: Kind
    /// The node, `name@host`; for clients `gen<pid>@host`.
    public var node: String
    public var pid: Int
    /// The sender's Lamport clock.
    public var clock: Int64
    public var at: Date
    /// The offset of the sender's zone in hours west of UTC, as Celery sends it. Celeriac sends 0.
    public var utcOffset: Double
    /// The other fields, under Celery's names.
    public var fields: JSONObject

    public init(
        _ kind: Kind, from node: String, pid: Int, clock: Int64, at: Date, utcOffset: Double = 0,
        fields: JSONObject = [:]
    ) {
        self.kind = kind
        self.node = node
        self.pid = pid
        self.clock = clock
        self.at = at
        self.utcOffset = utcOffset
        self.fields = fields
    }

    /// The id of the call that the event is about; `nil` if it is about no call.
    public var taskID: TaskID? { fields["uuid"]?.stringValue.map { TaskID($0) } }
}
