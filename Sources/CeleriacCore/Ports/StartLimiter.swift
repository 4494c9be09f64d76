#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Spaces the starts of calls over all workers of a broker: the store of rate limits that are not a worker's own.
public protocol StartLimiter: Sendable {
    /// Reserves a start under a limit, evenly spaced and without burst (a leaky bucket). Atomic over all workers.
    ///
    /// A call that comes too early is given the next free instant and keeps it: asked again for the same call it says the
    /// same instant until that has come.
    ///
    /// - Parameters:
    ///   - id: the call.
    ///   - key: which limit; any text.
    ///   - interval: from one start to the next.
    /// - Returns: `nil` if it may start now, else when.
    func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date?
}
