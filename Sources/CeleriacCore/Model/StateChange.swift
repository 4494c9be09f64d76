#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A new state of a call, as a worker reports it.
public struct StateChange: Sendable, Hashable {
    public var id: TaskID
    public var state: TaskState
    /// The task's result as JSON text; of SUCCESS only.
    public var result: [UInt8]?
    /// Of FAILURE, RETRY and REVOKED.
    public var failure: TaskFailure?
    /// What a custom state says, as JSON text.
    public var meta: [UInt8]?
    public var task: TaskName?
    public var queue: QueueName?
    public var worker: String?
    public var attempt: Int
    public var startedAt: Date?
    /// When it came to this state.
    public var at: Date
    /// From then on the record is gone; `nil` = kept for ever.
    public var expires: Date?
    public var parentID: TaskID?
    /// The calls that this one has sent while it ran.
    public var children: [ResultNode] = []
    /// What extended results tell besides: the call's arguments and retries, its group and its stamps.
    public var call: Envelope?

    public init(id: TaskID, state: TaskState, attempt: Int = 1, at: Date, expires: Date? = nil) {
        self.id = id
        self.state = state
        self.attempt = attempt
        self.at = at
        self.expires = expires
    }
}
