#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A new state of a call, as a worker reports it: the new record, and how long it is kept.
///
/// The members of ``record`` are available directly: `change.state` is `change.record.state`.
@dynamicMemberLookup
public struct StateChange: Sendable, Hashable {
    /// The new record of the call. Its ``TaskRecord/at`` is set.
    public var record: TaskRecord
    /// When the record is deleted; `nil` to keep it forever.
    public var expires: Date?
    /// The envelope from which extended results take the call's arguments, retries, group and stamps.
    public var call: Envelope?
    /// Where the caller wants the states of a call whose envelope is not known; otherwise ``call`` says so.
    public var replyTo: String?

    public init(id: TaskID, state: TaskState, attempt: Int = 1, at: Date, expires: Date? = nil) {
        record = TaskRecord(id: id, state: state, attempt: attempt)
        record.at = at
        self.expires = expires
    }

    /// - Returns: `nil` for a record without a date, which only says where a message is.
    public init?(_ record: TaskRecord, expires: Date? = nil) {
        guard record.at != nil else { return nil }
        self.record = record
        self.expires = expires
    }

    /// Where the caller wants the states of the call; `nil` if it named no place.
    public var reply: ReplyAddress? {
        guard let queue = call?.properties.replyTo ?? replyTo, !queue.isEmpty else { return nil }
        return ReplyAddress(queue: queue, correlationID: call?.properties.correlationID ?? record.id.rawValue)
    }

    @inlinable
    public subscript<Value>(dynamicMember member: WritableKeyPath<TaskRecord, Value>) -> Value {
        get { record[keyPath: member] }
        set { record[keyPath: member] = newValue }
    }
}
