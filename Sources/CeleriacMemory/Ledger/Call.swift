#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// All that the store knows of one id: its message, its record, or both.
struct Call {
    enum Status: UInt8 {
        /// There is no message.
        case absent
        case ready, delayed, leased
    }

    var id: TaskID
    /// Of the id, as ``IDIndex`` keeps it.
    var hash: UInt32
    /// `nil` exactly where there is no message.
    var envelope: Envelope?
    var status = Status.absent
    var isAtFront = false
    /// Whether someone waits for its record to change.
    var isWatched = false
    var queue: Int32 = 0
    var deliveryCount: Int32 = 0
    /// Changes whenever the message changes its place, so that the old place is known as stale.
    var stamp: UInt32 = 0
    /// The consumer that holds it, while leased.
    var consumer: Int32 = 0
    /// Wall clock, seconds since the reference date: when it became or becomes due.
    var due = 0.0
    /// Its publication's number; decides between messages due at one instant.
    var order: Int64 = 0
    /// What `due` was set to by the caller, if it was.
    var notBefore: Double?
    var enqueuedAt = 0.0
    /// The fence of the present lease.
    var token: Int64 = 0
    /// Uptime in seconds: the end of the present lease.
    var deadline = 0.0
    var unique: UniqueClaim?
    var record: Recorded?

    /// Its place in a lane. One at the front comes before every instant.
    @inline(__always)
    func readyPlace(in slot: Int32) -> Place {
        Place(instant: isAtFront ? -.infinity : due, order: order, slot: slot, stamp: stamp)
    }

    var priority: Int { envelope?.priority.rawValue ?? 0 }
}

/// A recorded state change; a reference, since it is large and most calls have none.
final class Recorded: Sendable {
    let change: StateChange
    /// Wall clock, seconds since the reference date; infinite where it is kept for ever.
    let expires: Double

    init(_ change: StateChange) {
        self.change = change
        expires = change.expires?.timeIntervalSinceReferenceDate ?? .infinity
    }
}
