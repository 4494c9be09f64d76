import CeleriacCore
import RESPClient
import RedisKit

/// The pages of each stage. The server gives large messages a few at a time, so each page asks until it is full or the
/// list has ended.
extension RedisStore {
    func ready(
        in list: MessageList, _ queue: QueueName, after last: ReadyEnd?, _ limit: Int
    ) async throws -> Page<QueuedMessage> {
        guard limit > 0 else { return Page([], next: last.map { list.cursor($0.key) }) }
        var (end, search) = (last ?? .start, Int?.none)
        var found: [LyingMessage] = []
        while found.count < limit {
            let words: RESPWords = [queue.rawValue, limit - found.count, search.map { "\($0)" } ?? ""] + end.words
            let answer = try await run(Scripts.look, words).elements(atLeast: 3, of: "LOOK")
            if let next = answer[0].text.flatMap({ Int($0) }) {
                guard next >= 0, search.map({ next < $0 }) ?? true else {
                    throw BrokerError.malformedAnswer(to: "LOOK")
                }
                search = next
                continue
            }
            let raws = (answer[2].elements ?? []).compactMap(\.bytes)
            found += raws.map { LyingMessage(raw: $0, in: queue, now: time.now) }
            guard let next = ReadyEnd(answer[1].texts) else {
                return Page(try await countingDeliveries(found).map(\.message), next: nil)
            }
            guard !raws.isEmpty else { throw BrokerError.malformedAnswer(to: "LOOK") }
            (end, search) = (next, nil)
        }
        return Page(try await countingDeliveries(found).map(\.message), next: list.cursor(end.key))
    }

    func delayed(
        in list: MessageList, _ queue: QueueName, after last: DelayedEnd?, _ limit: Int
    ) async throws -> Page<QueuedMessage> {
        var end = last
        var left = limit
        var page = Page<QueuedMessage>([], next: last.map { list.cursor($0.key) })
        while left > 0 {
            let words: RESPWords = [queue.rawValue, left, end?.due ?? "", end?.beginning ?? ""]
            let answer = try await run(Scripts.lookAtDelayed, words).elements(atLeast: 2, of: "LOOK AT DELAYED")
            for place in Swift.stride(from: 2, to: answer.count - 1, by: 2) {
                left -= 1
                guard let member = answer[place].bytes, let due = answer[place + 1].double,
                    let lying = LyingMessage(
                        delayed: member, due: Int64(boundedScore: due), in: queue, now: time.now)
                else { continue }
                page.items.append(lying.message)
            }
            end = DelayedEnd(answer.prefix(2).compactMap(\.text))
            page.next = end.map { list.cursor($0.key) }
            if end == nil { break }
            guard answer.count >= 4 else { throw BrokerError.malformedAnswer(to: "LOOK AT DELAYED") }
        }
        return page
    }

    func leased(
        in list: MessageList, _ queue: QueueName, after last: ClaimKey?, _ limit: Int
    ) async throws -> Page<QueuedMessage> {
        guard limit > 0 else { return Page([], next: last.map { list.cursor($0.key) }) }
        let held = try await claimed(in: queue).filter { last.map($0.key.isBehind) ?? true }.prefix(limit)
        let next = held.count < limit ? nil : held.last.map { list.cursor($0.key.key) }
        return Page(held.map(\.message), next: next)
    }

    func dead(
        in list: MessageList, _ queue: QueueName, after last: ScoredCursor?, _ limit: Int
    ) async throws -> Page<QueuedMessage> {
        guard limit > 0 else { return Page([], next: last.map { list.cursor($0.key) }) }
        let members = try await buried(in: queue, after: last, limit: limit)
        let messages = try await graves(of: members.map { TaskID($0.member) }).map { queued($0) }
        let next = members.count < limit ? nil : members.last.map { list.cursor(ScoredCursor($0).key) }
        return Page(messages, next: next)
    }
}
