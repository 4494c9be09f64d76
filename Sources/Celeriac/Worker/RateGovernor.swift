#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

/// Spaces the starts of rate-limited tasks on this worker, evenly, with no burst (a leaky bucket).
///
/// A call that comes too early gets the next free start time and goes back to the broker until then; it keeps that time,
/// so calls do not race for it when they come back.
final class RateGovernor: Sendable {
    private struct State {
        /// The start time that is handed out next, by task.
        var next: [TaskName: Date] = [:]
        var reserved: [TaskID: Date] = [:]
    }

    /// More reservations than that are looked through for those that nobody came for.
    private static let sweepAt = 10_000
    private let state = Guarded(State())

    /// - Returns: `nil` if it may start now, else when.
    func startTime(of id: TaskID, _ task: AnyTask, now: Date) -> Date? {
        guard let limit = task.options.rateLimit else { return nil }
        return state.withLock { state in
            if let reserved = state.reserved[id] {
                guard reserved <= now else { return reserved }
                state.reserved[id] = nil
                return nil
            }
            let start = max(now, state.next[task.name] ?? now)
            state.next[task.name] = start.adding(limit.interval)
            guard start > now else { return nil }
            if state.reserved.count >= Self.sweepAt {
                state.reserved = state.reserved.filter { $0.value > now.addingTimeInterval(-60) }
            }
            state.reserved[id] = start
            return start
        }
    }
}
