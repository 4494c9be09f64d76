#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A job at one moment, with all that the broker knows about it. Unknown values are `nil` or empty.
public struct JobSnapshot: Sendable, Hashable, Identifiable {
    public let id: TaskID
    public var status: JobStatus
    /// The task that it calls; `nil` if it cannot be read.
    public var task: TaskName?
    public var arguments: EncodedArguments?
    /// A description of the call for people.
    public var description: String?
    /// The queue that it belongs to.
    public var origin: QueueName?

    public var createdAt: Date?
    public var enqueuedAt: Date?
    /// When a scheduled job is due.
    public var scheduledFor: Date?
    public var startedAt: Date?
    public var endedAt: Date?
    public var lastHeartbeat: Date?
    public var worker: String?

    /// `nil` for no limit.
    public var timeout: Duration?
    public var resultTTL: JobLifetime?
    public var ttl: Duration?
    public var failureTTL: JobLifetime?

    public var retriesLeft: Int?
    public var retryIntervals: [Duration] = []
    public var repeatsLeft: Int?
    public var repeatIntervals: [Duration] = []
    /// The jobs that it waits or waited for.
    public var dependencyIDs: [TaskID] = []
    public var allowsDependencyFailures = false
    /// The jobs that still wait for it, sorted by id.
    public var dependentIDs: [TaskID] = []

    public var group: String?
    public var rateLimit: JobRateLimit?
    public var callbacks = JobCallbacks()
    public var webhooks: [JobWebhook] = []
    public var meta: JSONObject = [:]

    public init(id: TaskID, status: JobStatus) {
        self.id = id
        self.status = status
    }
}
