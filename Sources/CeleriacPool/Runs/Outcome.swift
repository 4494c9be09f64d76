#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore

/// What became of one attempt.
package enum Outcome: Sendable {
    /// The result as JSON text.
    case success([UInt8])
    /// It threw. The reaction is what the retry policy says.
    case failure(TaskFailure, RetryPolicy.Reaction)
    /// It asked to run again, after `pause` or as the policy says.
    case retry(TaskFailure, pause: Duration?)
    /// It asked to run later, no attempt counted.
    case snooze(Duration)
    /// A canvas takes its place: a signature, JSON text as on the wire.
    case replaced(by: [UInt8])
    /// It cannot be run or must not be run again: dead letter.
    case rejected(TaskFailure)
    /// It failed for good, and nothing is to be kept but that.
    case discarded(TaskFailure)
    /// It must not run, or not to its end: revoked, expired or terminated.
    case revoked(RevocationReason)
    /// Its rate limit does not let it start before then.
    case postponed(until: Date)
    /// The process that ran it died.
    case crashed(WorkerLoss)
    /// The worker stopped before it ended.
    case interrupted
    /// Another worker has it now.
    case leaseLost
}
