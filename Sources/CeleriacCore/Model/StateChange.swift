#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A new state of a call, as a worker reports it: the record that it makes, and for how long that is kept.
///
/// The members of ``record`` are its own, too: `change.state` is `change.record.state`.
@dynamicMemberLookup
public struct StateChange: Sendable, Hashable {
    /// What is known of the call from now on. ``TaskRecord/at`` is set.
    public var record: TaskRecord
    /// From then on the record is gone; `nil` = it is kept forever.
    public var expires: Date?
    /// The source of what extended results say besides: the call's arguments and retries, its group and its stamps.
    public var call: Envelope?

    public init(id: TaskID, state: TaskState, attempt: Int = 1, at: Date, expires: Date? = nil) {
        record = TaskRecord(id: id, state: state, attempt: attempt)
        record.at = at
        self.expires = expires
    }

    /// - Returns: `nil` for a record without a date: it says only where a message stands.
    public init?(_ record: TaskRecord, expires: Date? = nil) {
        guard record.at != nil else { return nil }
        self.record = record
        self.expires = expires
    }

    @inlinable
    public subscript<Value>(dynamicMember member: WritableKeyPath<TaskRecord, Value>) -> Value {
        get { record[keyPath: member] }
        set { record[keyPath: member] = newValue }
    }
}
