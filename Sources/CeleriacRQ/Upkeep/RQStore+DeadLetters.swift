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

/// The dead letters are the failed registry: jobs whose last retry failed, those that were stopped, and those that cannot be
/// read. RQ keeps them for a year, however many. A letter is its job: one enqueued under the same id takes its place.
extension RQStore: DeadLetterStore {
    public func deadLetters(in queue: QueueName?, offset: Int, limit: Int) async throws -> [DeadLetter] {
        guard limit > 0 else { return [] }
        let offset = max(offset, 0)
        let queues: [QueueName]
        if let queue { queues = [queue] } else { queues = try await self.queues() }
        let end = offset.addingReportingOverflow(limit)
        var listed: [(id: TaskID, queue: QueueName, score: Double)] = []
        for queue in queues {
            let last = end.overflow ? -1 : end.partialValue - 1
            var command = RESPCommand("ZREVRANGE", keys.failed(queue), 0, last)
            command.append("WITHSCORES")
            listed += try await send(command).scored.map { (TaskID($0.member), queue, $0.score) }
        }
        let page = listed.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
            .map(\.element).dropFirst(offset).prefix(limit)
        return try await letters(of: page.map { ($0.id, $0.queue) })
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

    /// As RQ's `requeue`, but as a first attempt; what the job came with of retries stays used up.
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

    /// Our own part of the job, with its attempts forgotten; `nil` where there is none.
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

extension RESPValue {
    /// Members with their scores: pairs in RESP3, in turn in RESP2.
    var scored: [(member: String, score: Double)] {
        let elements = elements ?? []
        if let pairs = elements.first?.elements, pairs.count == 2 {
            return elements.compactMap { pair in
                guard let pair = pair.elements, pair.count == 2, let member = pair[0].text, let score = pair[1].double
                else {
                    return nil
                }
                return (member, score)
            }
        }
        return stride(from: 0, to: elements.count - 1, by: 2).compactMap { place in
            guard let member = elements[place].text, let score = elements[place + 1].double else { return nil }
            return (member, score)
        }
    }
}
