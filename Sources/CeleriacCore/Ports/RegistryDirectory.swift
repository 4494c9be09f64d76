#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The lists of a queue's jobs by what has become of them: RQ's registries.
public enum RegistryKind: String, Sendable, Hashable, CaseIterable {
    case started, finished, failed, deferred, scheduled, canceled
}

/// Lists jobs by what has become of them.
public protocol RegistryDirectory: Sendable {
    /// How many it lists, without those whose time there is over.
    func count(of registry: RegistryKind, in queue: QueueName) async throws -> Int

    /// - Parameter cursor: where the page before ended; `nil` = from the first on.
    /// - Returns: by ``date(of:in:of:)``, the earliest first.
    /// - Throws: ``BrokerError``; with code `refused` for a cursor of another list.
    func ids(
        in registry: RegistryKind, of queue: QueueName, after cursor: Cursor?, limit: Int
    ) async throws -> Page<TaskID>

    /// What a job is listed by: when it is due (scheduled), when it was put there (deferred, canceled), until when it is kept
    /// (finished, failed; the distant future = for ever) or its lease runs (started).
    ///
    /// - Returns: `nil` if it is not listed.
    func date(of id: TaskID, in registry: RegistryKind, of queue: QueueName) async throws -> Date?

    /// Takes a job off the list.
    ///
    /// - Parameter deletesJob: whether the job itself goes too.
    /// - Returns: whether it was listed.
    /// - Throws: ``CeleriacError`` with code `unsupported` for `started`: what runs is its worker's.
    func remove(_ id: TaskID, from registry: RegistryKind, of queue: QueueName, deletesJob: Bool) async throws -> Bool

    /// Deletes a queue, and with it, unless its jobs are to stay, all that waits there.
    func delete(_ queue: QueueName, deletesJobs: Bool) async throws
}
