#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import CeleriacCore

extension MemoryStore: StartLimiter {
    public func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date? {
        change { ledger, now in ledger.starts.reserve(id, under: key, every: interval, now) }
    }
}
