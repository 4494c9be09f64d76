/// What names a job: its id, the handle of its call, or the job itself.
public protocol JobReference: Sendable {
    var jobID: TaskID { get }
}

extension TaskID: JobReference {
    public var jobID: TaskID { self }
}

/// The jobs that another one waits for: RQ's `depends_on`. It is enqueued when the last of them has finished.
///
/// ```swift
/// dependsOn: [fetch, clean]                                   // handles of calls
/// dependsOn: [TaskID("fetch-7")]
/// dependsOn: JobDependencies([fetch], allowFailure: true, enqueueAtFront: true)
/// ```
///
/// One that nobody knows counts as finished, as with RQ. After one that is canceled or stopped the job never starts; after one
/// that fails it stays deferred unless ``allowsFailure``.
public struct JobDependencies: Sendable, Hashable, ExpressibleByArrayLiteral {
    public var ids: [TaskID]
    /// Whether a job that has failed will do.
    public var allowsFailure: Bool
    /// Whether it comes to the front of its queue when it is let go.
    public var isEnqueuedAtFront: Bool

    public init(_ jobs: [any JobReference], allowFailure: Bool = false, enqueueAtFront: Bool = false) {
        ids = jobs.map(\.jobID)
        allowsFailure = allowFailure
        isEnqueuedAtFront = enqueueAtFront
    }

    public init(arrayLiteral jobs: any JobReference...) { self.init(jobs) }
}
