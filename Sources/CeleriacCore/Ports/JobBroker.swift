#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A broker that keeps jobs, not only messages: it uses all of ``Publication/job``, and keeps the status of each job.
public protocol JobBroker: Broker {
    /// - Returns: `nil` if there is no such job.
    func jobStatus(of id: TaskID) async throws -> JobStatus?

    /// - Returns: `nil` if there is no such job.
    /// - Throws: ``CeleriacError`` with code `malformedMessage` if it cannot be read.
    func snapshot(of id: TaskID) async throws -> JobSnapshot?

    /// The outcomes of its runs, newest first.
    func results(of id: TaskID, limit: Int) async throws -> [JobResult]

    /// Replaces the job's metadata.
    ///
    /// - Returns: whether there is such a job.
    func saveMeta(_ meta: JSONObject, of id: TaskID) async throws -> Bool

    /// Cancels a waiting job, and enqueues the jobs that waited only for it, in one transaction.
    ///
    /// - Parameter until: when the revocation is forgotten.
    /// - Returns: whether the job was waiting.
    func cancelReleasingDependents(_ id: TaskID, until: Date) async throws -> Bool

    /// Puts a failed job back into its queue as a first attempt, and deletes its failure.
    ///
    /// - Returns: whether there was such a job.
    func requeue(_ id: TaskID, atFront: Bool) async throws -> Bool

    /// The failure of a job that exceeded its time limit, in this broker's form.
    func failure(ofExceeding limit: Duration) -> TaskFailure

    /// Deletes a job in any state, with its results. A worker that runs it loses its lease.
    ///
    /// - Parameter withDependents: whether to delete the jobs that depend on it too, directly or indirectly.
    /// - Returns: whether there was such a job.
    func delete(_ id: TaskID, withDependents: Bool) async throws -> Bool
}
