#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// An envelope on its way into a queue.
public struct Publication: Sendable {
    public var envelope: Envelope
    public var queue: QueueName
    /// When it becomes visible; `nil` for at once.
    public var notBefore: Date?
    /// Only for brokers whose ``BrokerTraits/uniqueKeys`` is true; others ignore it.
    public var unique: UniqueClaim?
    /// Whether it goes in front of all others of its queue and priority. Only for brokers whose ``BrokerTraits/front``
    /// is true; others ignore it.
    public var atFront: Bool
    /// Further options for a ``JobBroker``; `nil` for all other brokers.
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

/// The result of publishing calls.
public struct PublishReport: Sendable, Hashable {
    /// The calls that were not taken, each with the id of the call that holds its unique key (or its own id, if a
    /// message of that id already waits or runs).
    public var duplicates: [TaskID: TaskID]
    /// The calls that the broker did not take, each with the reason; only from brokers whose ``BrokerTraits/batch`` is
    /// `each`.
    public var untaken: [TaskID: String]

    public init(duplicates: [TaskID: TaskID] = [:], untaken: [TaskID: String] = [:]) {
        self.duplicates = duplicates
        self.untaken = untaken
    }
}
