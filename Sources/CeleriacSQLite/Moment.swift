import CeleriacCore
import Foundation

/// An instant by both clocks: by it a read tells what is due and what has lapsed but was not swept yet.
struct Moment: Sendable {
    let now: Date
    let uptime: Duration
    let boot: Int64

    /// For parameters of SQL.
    var wallClock: Double { now.timeIntervalSinceReferenceDate }
}
