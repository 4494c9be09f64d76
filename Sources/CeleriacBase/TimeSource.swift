#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The source of time. Injected everywhere, so that tests run in virtual time with the semantics of production.
public protocol TimeSource: Sendable {
    /// The wall clock in UTC: for points in time that people and other machines see (`eta`, `expires`, `date_done`).
    var now: Date { get }

    /// Time since the machine booted, sleep included; never goes back. For leases and deadlines on one machine.
    var uptime: Duration { get }

    /// Suspends for at least `duration`; returns at once for zero or less.
    ///
    /// - Throws: `CancellationError` as soon as the current task is cancelled.
    func sleep(for duration: Duration) async throws

    /// Suspends until ``uptime`` shows at least `deadline`; returns at once if it already does.
    ///
    /// For a rest that was calculated at an earlier ``uptime``: what passes between the calculation and the sleep
    /// makes the sleep shorter, not its end later.
    ///
    /// - Throws: `CancellationError` as soon as the current task is cancelled.
    func sleep(untilUptime deadline: Duration) async throws
}

extension TimeSource {
    public func sleep(untilUptime deadline: Duration) async throws {
        try await sleep(for: deadline - uptime)
    }

    /// Suspends until the wall clock shows `date`.
    public func sleep(until date: Date) async throws {
        try await sleep(for: .bounded(seconds: date.timeIntervalSince(now)))
    }
}

extension Duration {
    /// The duration in seconds, as Foundation's dates count.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    public static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    public static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
    public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}

extension Date {
    /// The point in time a duration later.
    public func adding(_ duration: Duration) -> Date { addingTimeInterval(duration.seconds) }
}
