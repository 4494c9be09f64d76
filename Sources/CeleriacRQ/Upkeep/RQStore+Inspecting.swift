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

    /// Ready jobs are those in RQ's list, then scheduled jobs that are due. Lists have no keys: the cursor holds the last
    /// ids listed, see `Scripts/look.lua`. A page lists jobs again if all of the last eight that were listed have been
    /// removed by hand, or all of the newest four, or if more than a thousand were put at the front. A job whose due
    /// time comes or that a scheduler moves between two pages moves, and may be missing.
    ///
    /// Delayed jobs are the scheduled ones, then those that wait for other jobs. Leased jobs come in the order of their
    /// ids.
    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after cursor: Cursor?, limit: Int
    ) async throws -> Page<QueuedMessage> {
        let (list, limit) = (MessageList("rq", queue, status), limit.ofPage)
        let last = try cursor.map { cursor in
            guard let end = RQPageEnd(try list.key(of: cursor), of: status) else { throw cursor.refusal }
            return end
        }
        guard limit > 0 else { return Page([], next: cursor) }
        let (messages, next) =
            switch status {
            case .ready: try await ready(in: queue, after: last, limit)
            case .delayed: try await delayed(in: queue, after: last, limit)
            case .leased: try await leased(in: queue, after: last, limit)
            case .dead: try await dead(in: queue, after: last, limit)
            }
        return Page(messages, next: next.map { list.cursor($0.key) })
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

    func messages(
        of ids: [TaskID], in queue: QueueName, _ status: MessagePlace.Status, due: [RQDue] = []
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
