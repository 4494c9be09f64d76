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

/// The dead letters are RQ's failed registry: jobs whose last retry failed, stopped jobs, and jobs that cannot be read.
/// RQ keeps them for a year, however many there are. A letter is its job: a job that is enqueued with the same id
/// replaces it.
extension RQStore: DeadLetterStore {
    public func deadLetters(
        in queue: QueueName?, after cursor: Cursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        let (last, limit) = (try cursor.map(FailedJob.init), limit.ofPage)
        guard limit > 0 else { return Page([], next: cursor) }
        let queues: [QueueName]
        if let queue { queues = [queue] } else { queues = try await self.queues() }
        var listed: [FailedJob] = []
        for queue in queues { listed += try await failed(in: queue, after: last, limit: limit) }
        let page = listed.sorted().prefix(limit)
        let letters = try await letters(of: page.map { ($0.id, $0.queue) })
        return Page(letters, next: page.count < limit ? nil : page.last?.cursor)
    }

    /// Returns the failed jobs of one queue that come after a position in the list of all.
    private func failed(in queue: QueueName, after last: FailedJob?, limit: Int) async throws -> [FailedJob] {
        let key = keys.failed(queue)
        func jobs(_ most: String, _ least: String, _ limit: String) async throws -> [FailedJob] {
            var command = RESPCommand("ZREVRANGEBYSCORE", key, most, least, "WITHSCORES")
            command.append(contentsOf: ["LIMIT", "0", limit])
            return try await send(command).scored.map {
                FailedJob(id: TaskID($0.member), queue: queue, score: $0.score)
            }
        }
        guard let last else { return try await jobs("+inf", "-inf", "\(limit)") }
        let peers = try await jobs("\(last.score)", "\(last.score)", "-1").filter { last < $0 }
        return peers + (try await jobs("(\(last.score)", "-inf", "\(limit)"))
    }

    public var deadLetterLimits: DeadLetterLimits? { nil }

    public func droppedDeadLetters() async throws -> [QueueName: Int] { [:] }

    public func deadLetter(of id: TaskID) async throws -> DeadLetter? {
        let fields = try await fields(ofHash: keys.job(id))
        guard let queue = fields.text("origin").flatMap(QueueName.init(rawValue:)),
            try await !send(RESPCommand("ZSCORE", keys.failed(queue), id.rawValue)).isNull
        else { return nil }
        return try await letters(of: [(id, queue)]).first
    }

    /// Works as RQ's `requeue`, but starts again with the first attempt. Retries of the job that were used up stay used
    /// up.
    public func requeue(_ ids: [TaskID]) async throws -> Set<TaskID> { try await requeue(ids, atFront: false) }

    func requeue(_ ids: [TaskID], atFront: Bool) async throws -> Set<TaskID> {
        var seen: Set<TaskID> = []
        let ids = ids.filter { seen.insert($0).inserted }
        var requeued: Set<TaskID> = []
        for start in stride(from: 0, to: ids.count, by: 200) {
            var words: RESPWords = [atFront ? 1 : 0]
            var (asked, queues): ([TaskID], Set<QueueName>) = ([], [])
            let part = ids[start..<min(start + 200, ids.count)]
            for (id, fields) in try await hashes(of: Array(part)) {
                guard let queue = fields.text("origin").flatMap(QueueName.init(rawValue:)) else { continue }
                words.append(queue.rawValue)
                words.append(id.rawValue)
                words.append(firstAttempt(fields) ?? [])
                asked.append(id)
                queues.insert(queue)
            }
            guard !asked.isEmpty else { continue }
            let answer = try await run(RQScripts.requeue, words)
            for index in try answer.indices(below: asked.count, of: "REQUEUE") { requeued.insert(asked[index]) }
            wakeUps.ring(queues)
        }
        return requeued
    }

    public func deleteDeadLetters(_ ids: [TaskID]) async throws -> Set<TaskID> {
        var words = RESPWords()
        var asked: [TaskID] = []
        for (id, fields) in try await hashes(of: ids) {
            guard let queue = fields.text("origin") else { continue }
            words.append(queue)
            words.append(id.rawValue)
            asked.append(id)
        }
        guard !asked.isEmpty else { return [] }
        let answer = try await run(RQScripts.deleteFailed, words)
        return Set(try answer.indices(below: asked.count, of: "DELETE").map { asked[$0] })
    }

    // MARK: Detail

    /// Returns our own part of the job, without its attempts; `nil` if it has none.
    private func firstAttempt(_ fields: RQFields) -> [UInt8]? {
        guard let text = fields[RQOwnPart.field],
            var own = try? RQOwnPart(parsing: text, limits: options.limits.json)
        else { return nil }
        own.headers.retries = 0
        own.headers.history = []
        return own.json
    }

    private func letters(of ids: [(id: TaskID, queue: QueueName)]) async throws -> [DeadLetter] {
        let hashes = try await hashes(of: ids.map(\.id))
        let entries = try await server.send(
            ids.map { RESPCommand("XREVRANGE", keys.results(of: $0.id), "+", "-", "COUNT", 1) })
        return zip(zip(ids, hashes), entries).map { place, entry in
            let ((id, queue), (_, fields)) = place
            let result = entry.elements?.first?.elements.flatMap { $0.count > 1 ? RQFields($0[1]) : nil }
            return letter(id, queue, fields, result)
        }
    }

    private func letter(_ id: TaskID, _ queue: QueueName, _ fields: RQFields, _ entry: RQFields?) -> DeadLetter {
        let message = try? RQMessage(id: id, fields: fields, in: queue, limits: options.limits)
        let result = entry.flatMap { try? RQResult(fields: $0, limits: options.limits) }
        let text = result?.exceptionText ?? fields.exceptionText(options.limits) ?? ""
        let reason = fields.text("celeriac_reason") ?? text.split(whereSeparator: \.isNewline).last.map(String.init)
        let endedAt = fields.text("ended_at").flatMap(RQTime.parse) ?? result?.executionEndedAt
        return DeadLetter(
            envelope: message?.envelope ?? .unreadable(id, fields["data"] ?? []), queue: queue, reason: reason ?? "",
            diedAt: endedAt ?? fields.text("started_at").flatMap(RQTime.parse) ?? time.now)
    }

    func hashes(of ids: [TaskID]) async throws -> [(TaskID, RQFields)] {
        guard !ids.isEmpty else { return [] }
        let answers = try await server.send(ids.map { RESPCommand("HGETALL", keys.job($0)) })
        return zip(ids, answers).map { ($0, RQFields($1)) }
    }
}

/// A position in the list of all failed jobs: the latest first, then by queue; jobs with the same score and queue in
/// the reverse of Redis' order.
private struct FailedJob: Comparable {
    let id: TaskID
    let queue: QueueName
    let score: Double

    init(id: TaskID, queue: QueueName, score: Double) {
        self.id = id
        self.queue = queue
        self.score = score
    }

    /// - Throws: ``BrokerError`` with code `refused` for a cursor of another list.
    init(_ cursor: Cursor) throws {
        let parts = cursor.rawValue.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let score = Double(parts[0]), !score.isNaN,
            let queue = QueueName(rawValue: String(parts[2]))
        else {
            throw cursor.refusal
        }
        self.init(id: TaskID(String(parts[1])), queue: queue, score: score)
    }

    /// The position as a cursor. The ids of RQ's jobs contain no colon.
    var cursor: Cursor { Cursor(rawValue: "\(score):\(id):\(queue)") }

    static func < (left: FailedJob, right: FailedJob) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.queue != right.queue {
            return left.queue.rawValue.utf8.lexicographicallyPrecedes(right.queue.rawValue.utf8)
        }
        return right.id.rawValue.utf8.lexicographicallyPrecedes(left.id.rawValue.utf8)
    }
}
