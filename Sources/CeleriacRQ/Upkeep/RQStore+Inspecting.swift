public import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit
import StoreKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// RQ has an index by id: the job itself. A job that waits for a place under a rate limit is found only by its id.
extension RQStore: Inspector {
    public func queues() async throws -> [QueueName] {
        try await send(RESPCommand("SMEMBERS", keys.queues)).texts.compactMap(keys.queue(ofKey:))
            .sorted { $0.rawValue < $1.rawValue }
    }

    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, offset: Int, limit: Int
    ) async throws -> [QueuedMessage] {
        guard limit > 0 else { return [] }
        let (offset, limit) = (min(max(offset, 0), 1 << 40), min(limit, 1 << 40))
        switch status {
        case .ready: return try await ready(in: queue, offset, limit)
        case .delayed: return try await delayed(in: queue, offset, limit)
        case .leased:
            let members = try await send(RESPCommand("ZRANGE", keys.started(queue), offset, offset + limit - 1)).texts
            return try await messages(
                of: members.compactMap { RQExecution.parse(member: $0)?.job }, in: queue, .leased)
        case .dead:
            let failed = RESPCommand("ZREVRANGE", keys.failed(queue), offset, offset + limit - 1)
            return try await messages(of: try await send(failed).texts.map { TaskID($0) }, in: queue, .dead)
        }
    }

    public func message(of id: TaskID) async throws -> QueuedMessage? {
        let fields = try await fields(ofHash: keys.job(id))
        guard let message = try? RQMessage(id: id, fields: fields, in: nil, limits: options.limits),
            let status = Self.place(of: message.job.status)
        else { return nil }
        guard status == .delayed, message.job.status == .scheduled else {
            return queued(message, status, notBefore: nil)
        }
        let score = try await send(RESPCommand("ZSCORE", keys.scheduled(message.queue), id.rawValue)).double
        let due = score.map { Date(timeIntervalSince1970: $0) }
        let isDue = due.map { $0 <= time.now } ?? false
        return queued(message, isDue ? .ready : .delayed, notBefore: due)
    }

    public func position(of id: TaskID) async throws -> Int? {
        guard
            let queue = try await send(RESPCommand("HGET", keys.job(id), "origin")).text.flatMap(
                QueueName.init(rawValue:))
        else { return nil }
        return try await send(RESPCommand("LPOS", keys.queue(queue), id.rawValue)).integer.map { Int($0) }
    }

    public func remove(_ id: TaskID) async throws -> Bool {
        try await run(RQScripts.remove, [id.rawValue]).integer == 1
    }

    // MARK: Detail

    /// Returns the jobs in the list, followed by due jobs that were not moved yet.
    private func ready(in queue: QueueName, _ offset: Int, _ limit: Int) async throws -> [QueuedMessage] {
        let list = keys.queue(queue)
        let length = try await send(RESPCommand("LLEN", list)).count(of: "LLEN")
        let ids = try await send(RESPCommand("LRANGE", list, offset, offset + limit - 1)).texts.map { TaskID($0) }
        var found = try await messages(of: ids, in: queue, .ready)
        if ids.count < limit {
            let due = try await scheduled(
                in: queue, "-inf", time.now.scoreText, max(0, offset - length), limit - ids.count)
            found += try await messages(of: due.map(\.id), in: queue, .ready, due: due)
        }
        return found
    }

    /// Returns the scheduled jobs, followed by jobs that wait for other jobs.
    private func delayed(in queue: QueueName, _ offset: Int, _ limit: Int) async throws -> [QueuedMessage] {
        let now = "(\(time.now.scoreText)"
        let scheduled = try await scheduled(in: queue, now, "+inf", offset, limit)
        var found = try await messages(of: scheduled.map(\.id), in: queue, .delayed, due: scheduled)
        if scheduled.count < limit {
            let count = try await send(RESPCommand("ZCOUNT", keys.scheduled(queue), now, "+inf")).count(of: "ZCOUNT")
            let first = max(0, offset - count)
            let last = first + max(0, limit - scheduled.count) - 1
            let deferred = try await send(RESPCommand("ZRANGE", keys.deferred(queue), first, last)).texts
            found += try await messages(of: deferred.map { TaskID($0) }, in: queue, .delayed)
        }
        return found
    }

    private typealias Due = (id: TaskID, due: Date)

    private func scheduled(
        in queue: QueueName, _ least: String, _ most: String, _ offset: Int, _ limit: Int
    ) async throws -> [Due] {
        var command = RESPCommand("ZRANGEBYSCORE", keys.scheduled(queue), least, most, "WITHSCORES")
        command.append(contentsOf: ["LIMIT", String(offset), String(limit)])
        return try await send(command).scored.map { (TaskID($0.member), Date(timeIntervalSince1970: $0.score)) }
    }

    private func messages(
        of ids: [TaskID], in queue: QueueName, _ status: MessagePlace.Status, due: [Due] = []
    ) async throws -> [QueuedMessage] {
        let dues = Dictionary(due.map { ($0.id, $0.due) }, uniquingKeysWith: { $1 })
        return try await hashes(of: ids).compactMap { id, fields in
            guard fields["data"] != nil else { return nil }
            guard let message = try? RQMessage(id: id, fields: fields, in: queue, limits: options.limits) else {
                return QueuedMessage(
                    envelope: .unreadable(id, fields["data"] ?? []), queue: queue, status: status, notBefore: dues[id],
                    enqueuedAt: fields.text("enqueued_at").flatMap(RQTime.parse) ?? time.now,
                    deliveryCount: fields.count("celeriac_deliveries") ?? 0)
            }
            return queued(message, status, notBefore: dues[id])
        }
    }

    private func queued(
        _ message: RQMessage, _ status: MessagePlace.Status, notBefore: Date?
    ) -> QueuedMessage {
        QueuedMessage(
            envelope: message.envelope, queue: message.queue, status: status, notBefore: notBefore,
            enqueuedAt: message.job.enqueuedAt ?? message.job.createdAt ?? time.now,
            deliveryCount: message.deliveries)
    }

    /// Returns where a job with this status is; `nil` if no queue holds it.
    private static func place(of status: RQStatus) -> MessagePlace.Status? {
        switch status {
        case .queued: .ready
        case .scheduled, .deferred, .rateLimited, .readyToEnqueue: .delayed
        case .started: .leased
        case .failed, .stopped: .dead
        case .created, .finished, .canceled: nil
        }
    }

    /// Reads a job for display, such as the current job of a worker; `nil` if it cannot be read.
    func readMessage(of id: TaskID) async throws -> RQMessage? {
        let fields = try await fields(ofHash: keys.job(id))
        return try? RQMessage(id: id, fields: fields, in: nil, limits: options.limits)
    }
}
