public import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// RQ's registries as they are stored: sorted sets of jobs. Source: RQ 3.0.0, `registry.py`.
extension RQStore: RegistryDirectory {
    public func count(of registry: RegistryKind, in queue: QueueName) async throws -> Int {
        let key = keys.registry(registry, queue)
        let command =
            registry.expires ? RESPCommand("ZCOUNT", key, "(\(time.now.scoreText)", "+inf") : RESPCommand("ZCARD", key)
        return Int(try await send(command).integer ?? 0)
    }

    public func ids(
        in registry: RegistryKind, of queue: QueueName, after cursor: Cursor?, limit: Int
    ) async throws -> Page<TaskID> {
        let (last, limit) = (try cursor.map(ScoredCursor.init), limit.ofPage)
        guard limit > 0 else { return Page([], next: cursor) }
        let range = (least: registry.expires ? "(\(time.now.scoreText)" : "-inf", most: "+inf")
        let members = try await members(of: keys.registry(registry, queue), range, after: last, limit: limit)
        let ids = members.map { member in
            registry == .started
                ? RQExecution.parse(member: member.member)?.job ?? TaskID(member.member) : TaskID(member.member)
        }
        return Page(ids, next: members.count < limit ? nil : members.last.map { ScoredCursor($0).cursor })
    }

    public func date(of id: TaskID, in registry: RegistryKind, of queue: QueueName) async throws -> Date? {
        let key = keys.registry(registry, queue)
        var members = [id.rawValue]
        if registry == .started {
            let executions = try await send(RESPCommand("ZRANGE", keys.executions(of: id), 0, -1)).texts
            members = executions.map { "\(id):\($0)" }
        }
        let scores = try await server.send(members.map { RESPCommand("ZSCORE", key, $0) }).compactMap(\.double)
        guard let score = scores.max() else { return nil }
        let date = score < Self.distantFuture ? Date(timeIntervalSince1970: score) : .distantFuture
        return registry.expires && date <= time.now ? nil : date
    }

    private static let distantFuture = Date.distantFuture.timeIntervalSince1970

    public func remove(
        _ id: TaskID, from registry: RegistryKind, of queue: QueueName, deletesJob: Bool
    ) async throws -> Bool {
        guard registry != .started else {
            throw CeleriacError(
                .unsupported,
                "job \(id) is running and cannot be removed from its registry: cancel it with terminate, or delete the job"
            )
        }
        let words: RESPWords = [registry.word, queue.rawValue, id.rawValue, deletesJob ? 1 : 0]
        return try await run(RQScripts.removeListed, words).integer == 1
    }

    public func delete(_ queue: QueueName, deletesJobs: Bool) async throws {
        // Deletes jobs in batches first, so that a long queue blocks nobody.
        if deletesJobs { _ = try await purge(queue) }
        _ = try await run(RQScripts.deleteQueue, [queue.rawValue, deletesJobs ? 1 : 0])
    }
}

extension RegistryKind {
    /// Whether listed jobs expire by themselves, at the times in their scores.
    fileprivate var expires: Bool { self == .finished || self == .failed }

    /// The name of the registry in RQ's keys.
    fileprivate var word: String { self == .started ? "wip" : rawValue }
}

extension RQKeys {
    fileprivate func registry(_ registry: RegistryKind, _ queue: QueueName) -> String {
        switch registry {
        case .started: started(queue)
        case .finished: finished(queue)
        case .failed: failed(queue)
        case .deferred: deferred(queue)
        case .scheduled: scheduled(queue)
        case .canceled: canceled(queue)
        }
    }
}
