#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore

/// The outcome of one attempt.
package enum Outcome: Sendable {
    /// The result as JSON text.
    case success([UInt8])
    /// The task threw. The reaction is the retry policy's.
    case failure(TaskFailure, RetryPolicy.Reaction)
    /// The task asked to run again, after `pause` or as the policy sets.
    case retry(TaskFailure, pause: Duration?)
    /// The task asked to run later, without counting an attempt.
    case snooze(Duration)
    /// A canvas replaces the call: a signature, JSON text as on the wire.
    case replaced(by: [UInt8])
    /// The call cannot run, or must not run again: it becomes a dead letter.
    case rejected(TaskFailure)
    /// The call failed for good, and only the failure is kept.
    case discarded(TaskFailure)
    /// The call must not run, or must not run to its end: revoked, expired or terminated.
    case revoked(RevocationReason)
    /// The call's rate limit does not let it start before this time.
    case postponed(until: Date)
    /// The process that ran it died.
    case crashed(WorkerLoss)
    /// The worker stopped before the task ended.
    case interrupted
    /// Another worker has the message now.
    case leaseLost
}
