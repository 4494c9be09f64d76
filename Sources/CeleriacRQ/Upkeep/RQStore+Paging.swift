import CeleriacCore
import CeleriacRQWire
import RESPClient
import RedisKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A scheduled job and when it is due.
typealias RQDue = (id: TaskID, due: Date)

/// The pages of each stage.
extension RQStore {
    typealias Listed = (messages: [QueuedMessage], next: RQPageEnd?)

    /// Returns jobs of the list, then due jobs that were not moved yet.
    func ready(in queue: QueueName, after last: RQPageEnd?, _ limit: Int) async throws -> Listed {
        let upToNow = ("-inf", time.now.scoreText)
        if case .scheduled(let last)? = last {
            return try await scheduled(in: queue, upToNow, .ready, after: last, limit)
        }
        var words: RESPWords = [queue.rawValue, limit]
        if case .list(let end)? = last { words = words + RESPWords(end) }
        let answer = try await run(RQScripts.look, words).elements(atLeast: 2, of: "LOOK")
        let ids = answer[1].texts.map { TaskID($0) }
        let messages = try await messages(of: ids, in: queue, .ready)
        let end = answer[0].texts
        guard end.isEmpty else { return (messages, RQPageEnd(["list"] + end, of: .ready)) }
        guard ids.count < limit else { return (messages, .scheduled(nil)) }
        let due = try await scheduled(in: queue, upToNow, .ready, after: nil, limit - ids.count)
        return (messages + due.messages, due.next)
    }

    /// Returns scheduled jobs, then jobs that wait for other jobs.
    func delayed(in queue: QueueName, after last: RQPageEnd?, _ limit: Int) async throws -> Listed {
        if case .deferred(let last)? = last { return try await deferred(in: queue, after: last, limit) }
        var start: ScoredCursor?
        if case .scheduled(let last)? = last { start = last }
        let ahead = ("(\(time.now.scoreText)", "+inf")
        let first = try await scheduled(in: queue, ahead, .delayed, after: start, limit)
        if first.next != nil { return first }
        let second = try await deferred(in: queue, after: nil, limit - first.messages.count)
        return (first.messages + second.messages, second.next)
    }

    func leased(in queue: QueueName, after last: RQPageEnd?, _ limit: Int) async throws -> Listed {
        var members = try await send(RESPCommand("ZRANGE", keys.started(queue), 0, -1)).texts
        members.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if case .started(let last)? = last { members.removeAll { !last.utf8.lexicographicallyPrecedes($0.utf8) } }
        let page = members.prefix(limit)
        let ids = page.compactMap { RQExecution.parse(member: $0)?.job }
        let next = page.count < members.count ? page.last.map { RQPageEnd.started($0) } : nil
        return (try await messages(of: ids, in: queue, .leased), next)
    }

    func dead(in queue: QueueName, after last: RQPageEnd?, _ limit: Int) async throws -> Listed {
        var start: ScoredCursor?
        if case .failed(let last)? = last { start = last }
        let page = try await failed(in: queue, after: start, limit: limit)
        let next = page.count < limit ? nil : page.last.map { RQPageEnd.failed(ScoredCursor($0)) }
        return (try await messages(of: page.map { TaskID($0.member) }, in: queue, .dead), next)
    }

    private func scheduled(
        in queue: QueueName, _ range: (least: String, most: String), _ status: MessagePlace.Status,
        after last: ScoredCursor?, _ limit: Int
    ) async throws -> Listed {
        let members = try await members(of: keys.scheduled(queue), range, after: last, limit: limit)
        let due = members.map { (id: TaskID($0.member), due: Date(timeIntervalSince1970: $0.score)) }
        let next = members.count < limit ? nil : members.last.map { RQPageEnd.scheduled(ScoredCursor($0)) }
        return (try await messages(of: due.map(\.id), in: queue, status, due: due), next)
    }

    private func deferred(in queue: QueueName, after last: ScoredCursor?, _ limit: Int) async throws -> Listed {
        let members = try await members(of: keys.deferred(queue), ("-inf", "+inf"), after: last, limit: limit)
        let next = members.count < limit ? nil : members.last.map { RQPageEnd.deferred(ScoredCursor($0)) }
        return (try await messages(of: members.map { TaskID($0.member) }, in: queue, .delayed), next)
    }

    // MARK: Sorted sets

    /// Returns members of a sorted set with scores in a range, in ascending order.
    ///
    /// - Parameter last: the position behind which to begin; one below the range counts as `nil`.
    func members(
        of key: String, _ range: (least: String, most: String), after last: ScoredCursor?, limit: Int
    ) async throws -> [(member: String, score: Double)] {
        func members(_ least: String, _ most: String, _ limit: Int) async throws -> [(member: String, score: Double)] {
            var command = RESPCommand("ZRANGEBYSCORE", key, least, most, "WITHSCORES")
            command.append(contentsOf: ["LIMIT", "0", String(limit)])
            return try await send(command).scored
        }
        let bound = range.least.hasPrefix("(") ? Double(range.least.dropFirst()) : nil
        guard let last, bound.map({ last.score > $0 }) ?? true else {
            return try await members(range.least, range.most, limit)
        }
        let peers = try await members("\(last.score)", "\(last.score)", -1)
            .filter { last.isBefore($0.member) }.prefix(limit)
        guard peers.count < limit else { return Array(peers) }
        return peers + (try await members("(\(last.score)", range.most, limit - peers.count))
    }

    /// Returns failed jobs of a queue in descending order.
    private func failed(
        in queue: QueueName, after last: ScoredCursor?, limit: Int
    ) async throws -> [(member: String, score: Double)] {
        func members(_ most: String, _ least: String, _ limit: Int) async throws -> [(member: String, score: Double)] {
            var command = RESPCommand("ZREVRANGEBYSCORE", keys.failed(queue), most, least, "WITHSCORES")
            command.append(contentsOf: ["LIMIT", "0", String(limit)])
            return try await send(command).scored
        }
        guard let last else { return try await members("+inf", "-inf", limit) }
        let peers = try await members("\(last.score)", "\(last.score)", -1)
            .filter { last.isAfter($0.member) }.prefix(limit)
        guard peers.count < limit else { return Array(peers) }
        return peers + (try await members("(\(last.score)", "-inf", limit - peers.count))
    }
}
