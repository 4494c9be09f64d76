#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A broker that keeps jobs, not mere messages: it heeds all of ``Publication/job``, and knows what has become of them.
public protocol JobBroker: Broker {
    /// - Returns: `nil` if there is no such job.
    func jobStatus(of id: TaskID) async throws -> JobStatus?

    /// - Returns: `nil` if there is no such job.
    /// - Throws: ``CeleriacError`` with code `malformedMessage` where it cannot be read.
    func snapshot(of id: TaskID) async throws -> JobSnapshot?

    /// How its runs ended, the newest first.
    func results(of id: TaskID, limit: Int) async throws -> [JobResult]

    /// Replaces the job's metadata.
    ///
    /// - Returns: whether there is such a job.
    func saveMeta(_ meta: JSONObject, of id: TaskID) async throws -> Bool

    /// Cancels a job that waits, and enqueues those that waited for it and for nothing else: one transaction.
    ///
    /// - Parameter until: when to forget that it was revoked.
    /// - Returns: whether it waited.
    func cancelReleasingDependents(_ id: TaskID, until: Date) async throws -> Bool

    /// Puts a failed job back into its queue as a first attempt, and forgets its failure.
    ///
    /// - Returns: whether there was one.
    func requeue(_ id: TaskID, atFront: Bool) async throws -> Bool

    /// What a job fails with that ran into its time limit, in this broker's words.
    func failure(ofExceeding limit: Duration) -> TaskFailure

    /// Deletes a job, wherever it stands, with its results. A worker that runs it has lost its lease.
    ///
    /// - Parameter withDependents: those that wait for it too, and those that wait for these.
    /// - Returns: whether there was one.
    func delete(_ id: TaskID, withDependents: Bool) async throws -> Bool
}
