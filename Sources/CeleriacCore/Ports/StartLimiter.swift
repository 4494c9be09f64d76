#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Spaces the starts of calls over all workers of a broker: the store of rate limits that are shared between workers.
public protocol StartLimiter: Sendable {
    /// Reserves a start under a limit, evenly spaced and without burst (a leaky bucket). Atomic over all workers.
    ///
    /// A call that comes too early gets the next free instant and keeps it: until then, every further request for the
    /// same call returns the same instant.
    ///
    /// - Parameters:
    ///   - id: the call.
    ///   - key: identifies the limit; any text.
    ///   - interval: the time from one start to the next.
    /// - Returns: `nil` if the call may start now; otherwise when.
    func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date?
}
