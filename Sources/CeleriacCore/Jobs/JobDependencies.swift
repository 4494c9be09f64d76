/// A value that identifies a job: its id, the handle of its call, or the job itself.
public protocol JobReference: Sendable {
    var jobID: TaskID { get }
}

extension TaskID: JobReference {
    public var jobID: TaskID { self }
}

/// The jobs that another job waits for: RQ's `depends_on`. The job is enqueued when the last of them has finished.
///
/// ```swift
/// dependsOn: [fetch, clean]                                   // handles of calls
/// dependsOn: [TaskID("fetch-7")]
/// dependsOn: JobDependencies([fetch], allowFailure: true, enqueueAtFront: true)
/// ```
///
/// An unknown job counts as finished, as with RQ. If a dependency is canceled or stopped, the job never starts; if one
/// fails, the job stays deferred unless ``allowsFailure``.
public struct JobDependencies: Sendable, Hashable, ExpressibleByArrayLiteral {
    public var ids: [TaskID]
    /// Whether a failed dependency counts as finished.
    public var allowsFailure: Bool
    /// Whether the job goes to the front of its queue when it is enqueued.
    public var isEnqueuedAtFront: Bool

    public init(_ jobs: [any JobReference], allowFailure: Bool = false, enqueueAtFront: Bool = false) {
        ids = jobs.map(\.jobID)
        allowsFailure = allowFailure
        isEnqueuedAtFront = enqueueAtFront
    }

    public init(arrayLiteral jobs: any JobReference...) { self.init(jobs) }
}
