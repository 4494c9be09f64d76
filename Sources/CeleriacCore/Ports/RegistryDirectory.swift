#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The lists of a queue's jobs by status: RQ's registries.
public enum RegistryKind: String, Sendable, Hashable, CaseIterable {
    case started, finished, failed, deferred, scheduled, canceled
}

/// Lists jobs by status.
public protocol RegistryDirectory: Sendable {
    /// The number of jobs that it lists, without those that have expired there.
    func count(of registry: RegistryKind, in queue: QueueName) async throws -> Int

    /// A job whose date changes between two pages may be missing or be listed again: in `started`, each renewal of a
    /// lease changes it.
    ///
    /// - Parameters:
    ///   - cursor: where the previous page ended; `nil` to start with the first job.
    ///   - limit: the most ids of the page, up to ``Page/mostItems``.
    /// - Returns: the ids, ordered by ``date(of:in:of:)``, earliest first.
    /// - Throws: ``BrokerError``; code `refused` for a cursor of another list.
    func ids(
        in registry: RegistryKind, of queue: QueueName, after cursor: Cursor?, limit: Int
    ) async throws -> Page<TaskID>

    /// The date by which a job is listed: when it is due (scheduled), when it was put there (deferred, canceled), until
    /// when it is kept (finished, failed; the distant future for forever) or when its lease ends (started).
    ///
    /// - Returns: `nil` if it is not listed.
    func date(of id: TaskID, in registry: RegistryKind, of queue: QueueName) async throws -> Date?

    /// Removes a job from the list.
    ///
    /// - Parameter deletesJob: whether to delete the job itself too.
    /// - Returns: whether it was listed.
    /// - Throws: ``CeleriacError`` with code `unsupported` for `started`: a running job belongs to its worker.
    func remove(_ id: TaskID, from registry: RegistryKind, of queue: QueueName, deletesJob: Bool) async throws -> Bool

    /// Deletes a queue and, if `deletesJobs`, all jobs that wait there.
    func delete(_ queue: QueueName, deletesJobs: Bool) async throws
}
