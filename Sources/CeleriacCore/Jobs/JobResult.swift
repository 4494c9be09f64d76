#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// How one run of a job ended.
public struct JobResult: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case successful, failed
        /// By the command stop-job.
        case stopped
        /// The function asked for another attempt itself; of RQ's workers only.
        case retried
        /// It asked once too often.
        case maxRetriesExceeded
    }

    public var kind: Kind
    /// What it returned; `nil` = nothing. Of a successful run.
    public var returnValue: JSONValue?
    /// The traceback, or the error's own words. Of the others.
    public var exceptionText: String?
    /// When it was written down; `nil` where that is not known.
    public var createdAt: Date?
    public var worker: String?
    /// Where the worker tells which run it was.
    public var executionID: String?
    public var startedAt: Date?
    public var endedAt: Date?

    public init(_ kind: Kind) { self.kind = kind }
}
