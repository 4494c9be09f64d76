#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Spreads the ticks of many entries that are due at the same time, such as midnight, over a period.
///
/// Derived from entry and tick, not from randomness: every beat delays a tick by the same time, and each tick has its
/// own delay.
public struct Jitter: Sendable, Hashable {
    public static let none = Jitter(upTo: .zero)

    /// The longest delay of a tick. Zero or less for no delay.
    public let limit: Duration

    public init(upTo limit: Duration) { self.limit = limit }

    /// The delay of a tick: from zero to the limit, in whole milliseconds.
    public func delay(of tick: Tick) -> Duration {
        let milliseconds = UInt64(max(0, min(limit.seconds, 1e9)) * 1000)
        let draw = SHA1(of: Array(tick.name.utf8)).bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return .milliseconds(Int64((milliseconds + 1).multipliedFullWidth(by: draw).high))
    }

    /// When a tick is published.
    public func date(of tick: Tick) -> Date { tick.date.adding(delay(of: tick)) }
}
