import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore {
    /// A waiting message, and how many messages would be claimed before it; `nil` for a delayed one.
    typealias Waiting = (lying: LyingMessage, position: Int?)

    /// How many messages one step of a search looks at.
    private static let stride = 500

    /// Searches all queues, in the direction in which messages move.
    func waiting(_ id: TaskID) async throws -> Waiting? {
        for queue in try await queues() {
            if let found = try await delayed(id, in: queue) { return (found, nil) }
            if let found = try await ready(id, in: queue) { return found }
        }
        return nil
    }

    private func delayed(_ id: TaskID, in queue: QueueName) async throws -> LyingMessage? {
        var offset: Int64 = 0
        while true {
            let words: RESPWords = [queue.rawValue, id.rawValue, offset, Self.stride]
            let answer = try await run(Scripts.findDelayed, words).elements ?? []
            if answer.count == 2, let member = answer[0].bytes, let due = answer[1].double,
                let found = LyingMessage(delayed: member, due: Int64(boundedScore: due), in: queue, now: time.now)
            {
                return found
            }
            guard answer.count == 1, let next = answer[0].integer else { return nil }
            guard next > offset else { throw BrokerError.malformedAnswer(to: "FIND") }
            offset = next
        }
    }

    private func ready(_ id: TaskID, in queue: QueueName) async throws -> Waiting? {
        var (place, offset): (Int64, Int64) = (1, 0)
        while true {
            let words: RESPWords = [queue.rawValue, id.rawValue, place, offset, Self.stride]
            let answer = try await run(Scripts.find, words).elements ?? []
            guard answer.count == 2, let second = answer[1].integer else { return nil }
            if let raw = answer[0].bytes {
                return (LyingMessage(raw: raw, in: queue, now: time.now), Int(second))
            }
            guard let first = answer[0].integer, (first, second) > (place, offset) else {
                throw BrokerError.malformedAnswer(to: "FIND")
            }
            (place, offset) = (first, second)
        }
    }
}
