#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// All that the store knows about one id: its message, its record, or both.
struct Call {
    enum Status: UInt8 {
        /// There is no message.
        case absent
        case ready, delayed, leased
    }

    var id: TaskID
    /// The hash of the id, as ``IDIndex`` stores it.
    var hash: UInt32
    /// `nil` exactly if there is no message.
    var envelope: Envelope?
    var status = Status.absent
    var isAtFront = false
    /// Whether a caller waits for its record to change.
    var isWatched = false
    var queue: Int32 = 0
    var deliveryCount: Int32 = 0
    /// Changes whenever the message changes its place, which marks the old place as stale.
    var stamp: UInt32 = 0
    /// The consumer that holds the message while it is leased.
    var consumer: Int32 = 0
    /// When the message became or becomes due: wall clock, in seconds since the reference date.
    var due = 0.0
    /// The number of its publication; orders messages that are due at the same instant.
    var order: Int64 = 0
    /// The value for `due` that the caller requested, if any.
    var notBefore: Double?
    var enqueuedAt = 0.0
    /// The fence of the current lease.
    var token: Int64 = 0
    /// The end of the current lease: uptime in seconds.
    var deadline = 0.0
    var unique: UniqueClaim?
    var record: Recorded?

    /// Its place in a lane. A message at the front comes before every instant.
    @inline(__always)
    func readyPlace(in slot: Int32) -> Place {
        Place(instant: isAtFront ? -.infinity : due, order: order, slot: slot, stamp: stamp)
    }

    var priority: Int { envelope?.priority.rawValue ?? 0 }
}

/// A recorded state change; a reference type because it is large and most calls have none.
final class Recorded: Sendable {
    let change: StateChange
    /// Wall clock, in seconds since the reference date; infinite if it is kept forever.
    let expires: Double

    init(_ change: StateChange) {
        self.change = change
        expires = change.expires?.timeIntervalSinceReferenceDate ?? .infinity
    }
}
