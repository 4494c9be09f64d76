import CeleriacCore
import Foundation

/// An instant by both clocks. Reads use it to see what is due, and what has lapsed but is not swept yet.
struct Moment: Sendable {
    let now: Date
    let uptime: Duration
    let boot: Int64

    /// ``now`` as a parameter of SQL.
    var wallClock: Double { now.timeIntervalSinceReferenceDate }
}
