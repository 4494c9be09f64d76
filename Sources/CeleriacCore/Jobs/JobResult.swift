#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// How one run of a job ended.
public struct JobResult: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case successful, failed
        /// Stopped by the command stop-job.
        case stopped
        /// The function itself asked for another attempt; only reported by RQ's workers.
        case retried
        /// The function asked for more attempts than it may have.
        case maxRetriesExceeded
    }

    public var kind: Kind
    /// The return value of a successful run; `nil` if it returned nothing.
    public var returnValue: JSONValue?
    /// The traceback or the error's message, for runs that did not succeed.
    public var exceptionText: String?
    /// When it was recorded; `nil` if that is unknown.
    public var createdAt: Date?
    public var worker: String?
    /// An identifier of the run, if the worker reports one.
    public var executionID: String?
    public var startedAt: Date?
    public var endedAt: Date?

    public init(_ kind: Kind) { self.kind = kind }
}
