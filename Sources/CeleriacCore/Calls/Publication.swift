#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// An envelope on its way into a queue.
public struct Publication: Sendable {
    public var envelope: Envelope
    public var queue: QueueName
    /// `nil` = at once.
    public var notBefore: Date?
    public var unique: UniqueClaim?
    /// Before all others of its queue and priority.
    public var atFront: Bool
    /// What a ``JobBroker`` is to know besides; `nil` for all others.
    public var job: JobOptions? {
        get { jobOnHeap?.value }
        set { jobOnHeap = newValue.map(OnHeap.init) }
    }
    private var jobOnHeap: OnHeap<JobOptions>?

    public init(
        _ envelope: Envelope, to queue: QueueName, notBefore: Date? = nil, unique: UniqueClaim? = nil,
        atFront: Bool = false, job: JobOptions? = nil
    ) {
        self.envelope = envelope
        self.queue = queue
        self.notBefore = notBefore
        self.unique = unique
        self.atFront = atFront
        jobOnHeap = job.map(OnHeap.init)
    }
}

/// A key that only one message may hold at a time.
public struct UniqueClaim: Sendable, Hashable {
    public var key: String
    public var span: Uniqueness.Span

    public init(key: String, span: Uniqueness.Span) {
        self.key = key
        self.span = span
    }
}

/// What became of a publish.
public struct PublishReport: Sendable, Hashable {
    /// The calls that were not taken, each with the id of the call that holds its unique key (or its own id, if a
    /// message of that id waits or runs already).
    public var duplicates: [TaskID: TaskID]

    public init(duplicates: [TaskID: TaskID] = [:]) { self.duplicates = duplicates }
}
