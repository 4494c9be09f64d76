#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What is known about a call: its latest ``StateChange``, or where its message is.
public struct TaskRecord: Sendable, Hashable {
    public var id: TaskID
    public var state: TaskState
    /// The task's result as JSON text; set only for SUCCESS.
    public var result: [UInt8]?
    /// Set for FAILURE, RETRY and REVOKED.
    public var failure: TaskFailure?
    /// The metadata that the task reported last through its context, as JSON text.
    public var meta: [UInt8]?
    public var task: TaskName?
    public var queue: QueueName?
    public var worker: String?
    /// The number of the attempt; 1 while the call waits for its first start.
    public var attempt: Int
    public var startedAt: Date?
    /// When it entered this state; `nil` if only the message's place is known.
    public var at: Date?
    public var parentID: TaskID?
    /// The calls that it sent while it ran, if the backend keeps them.
    public var children: [ResultNode] = []

    public init(id: TaskID, state: TaskState, attempt: Int = 1) {
        self.id = id
        self.state = state
        self.attempt = attempt
    }
}

/// Where the message of a call is in its broker.
public struct MessagePlace: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable { case ready, delayed, leased, dead }

    public var status: Status
    public var queue: QueueName
    public var task: TaskName
    public var attempt: Int

    public init(status: Status, queue: QueueName, task: TaskName, attempt: Int) {
        self.status = status
        self.queue = queue
        self.task = task
        self.attempt = attempt
    }
}

extension TaskRecord {
    /// What a store that is both broker and result backend knows about a call. Pure.
    ///
    /// PENDING and STARTED follow from the place of the message, so they cost no write.
    ///
    /// - Parameters:
    ///   - stored: the latest state change; `nil` if there is none or it has expired.
    ///   - place: where the message is; `nil` if the queue does not hold it.
    package static func derived(stored: TaskRecord?, place: MessagePlace?, id: TaskID) -> TaskRecord? {
        guard let place, place.status != .dead, stored?.state.isTerminal != true else { return stored }
        let state = derivedState(stored: stored, place: place)
        if let stored, stored.state == state { return stored }
        var record = TaskRecord(id: id, state: state, attempt: place.attempt)
        record.task = place.task
        record.queue = place.queue
        return record
    }

    private static func derivedState(stored: TaskRecord?, place: MessagePlace) -> TaskState {
        guard let stored else { return place.status == .leased ? .started : .pending }
        if place.status == .leased {
            // A custom state of an earlier attempt, or RETRY, is over once the next attempt runs; so is the PENDING of
            // a call that was recorded before its message arrived.
            let isOver = stored.state == .retry || stored.state == .pending
            let isOfThisAttempt = stored.attempt == place.attempt && !isOver
            return isOfThisAttempt ? stored.state : .started
        }
        return stored.state == .retry ? .retry : .pending
    }
}
